import AWS
import FoundationEssentials
import Support
import Testing
import Transfer

@testable import Doctor

/// Checks against moto and SeaweedFS.
@Suite struct CloudCheckTests {
    static let transfer = TransferClient()
    static let keys = StaticCredentials(
        Credentials(accessKeyID: "ADMINKEY", secretAccessKey: "adminsecret"))

    private static func check(_ moto: MotoServer) -> EC2Check {
        let settings = AWSSettings(
            region: "us-east-1", endpoints: [.ec2: moto.url, .sts: moto.url])
        return EC2Check(settings: settings, credentials: keys, transfer: transfer)
    }

    @Test(.enabled(if: MotoServer.missing == nil))
    func `dry runs tell what is allowed, and make nothing`() async throws {
        try await MotoServer.with { moto in
            let check = Self.check(moto)
            let panel = await check.asPanel(zone: "us-east-1a")
            #expect(panel.map(\.level) == [.fine, .fine, .fine], "\(panel)")
            // The same rights are too many for a node.
            let id = "i-0123456789abcdef0"
            let node = await check.asNode(
                zone: "us-east-1a", instanceID: id, claimsVolumes: false)
            #expect(node.first?.level == .warning, "\(node)")
            let claims = await check.asNode(
                zone: "us-east-1a", instanceID: id, claimsVolumes: true)
            #expect(claims.map(\.level) == [.fine, .fine, .warning], "\(claims)")
            let client = try EC2Client(
                settings: check.settings, credentials: Self.keys, transfer: Self.transfer)
            #expect(try await client.describeVolumes().isEmpty)
        }
    }

    @Test(.enabled(if: MotoServer.missing == nil))
    func `a node that claims its volumes is asked what it may do with one that it has`()
        async throws
    {
        try await MotoServer.with { moto in
            let check = Self.check(moto)
            let client = try EC2Client(
                settings: check.settings, credentials: Self.keys, transfer: Self.transfer)
            let instance = try #require(
                try await client.runInstances(
                    EC2Launch(
                        imageID: "ami-12345678", instanceType: "m5.large",
                        availabilityZone: "us-east-1a")
                ).first)
            let before = try await client.describeVolumes()
            let findings = await check.asNode(
                zone: "us-east-1a", instanceID: instance.id, claimsVolumes: true)
            #expect(findings.map(\.level) == Array(repeating: .fine, count: 5), "\(findings)")
            for name in ["AttachVolume", "DetachVolume", "CreateVolume", "CreateTags"] {
                #expect(findings.contains { $0.text == "ec2:\(name) is allowed" }, "\(findings)")
            }
            // All of it was asked, none of it done.
            #expect(try await client.describeVolumes() == before)
        }
    }

    @Test(.enabled(if: MotoServer.missing == nil))
    func `a refusal is told with the permission that lacks`() async throws {
        try await MotoServer.with { moto in
            var request = HTTPRequest("POST", moto.url + "/moto-api/reset-auth")
            request.body = .bytes(Array("0".utf8))
            _ = try await Self.transfer.send(request)
            let panel = await Self.check(moto).asPanel(zone: "us-east-1a")
            // Of such a cloud it is not known whether it knows dry runs: nothing is tried.
            #expect(panel.map(\.level).contains { $0 != .fine }, "\(panel)")
            #expect(panel.last?.text.contains("was not asked") == true, "\(panel)")
        }
    }

    @Test func `a cloud that ignores a dry run is never asked to change something`() async throws {
        let answer = LoopbackServer.Answer(200, "<DescribeResponse></DescribeResponse>")
        let twice = [1, 2].map { _ in LoopbackServer.Exchange("POST", "/", answer) }
        try await LoopbackServer.with(twice) { server in
            let settings = AWSSettings(region: "us-east-1", endpoints: [.ec2: server.url])
            let client = try EC2Client(
                settings: settings, credentials: Self.keys, transfer: Self.transfer)
            #expect(try await client.isAllowed(.createVolume(availabilityZone: "a")) == .notAsked)
            for request in server.requests {
                let form = String(decoding: request.body, as: UTF8.self)
                #expect(form.contains("Action=Describe") && form.contains("DryRun=true"))
            }
        }
    }

    @Test(arguments: [
        (200, Finding.Level.fine, "on this machine"), (404, .wrong, "answered 404"),
    ]) func `a panel is one that answers at its place`(
        status: Int, level: Finding.Level, words: String
    ) async throws {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        let answer = LoopbackServer.Answer(status, headers: ["Date": date], "ok")
        let exchange = LoopbackServer.Exchange("GET", "/healthz", answer)
        try await LoopbackServer.with([exchange]) { server in
            let now = Date(timeIntervalSince1970: 784_111_777 + 600)
            let check = PanelCheck(url: server.url + "/", transfer: Self.transfer, now: { now })
            let findings = await check.run()
            #expect(findings.first?.level == level)
            #expect(findings.first?.text.contains(words) == true)
            guard status == 200 else { return }
            #expect(findings.last?.level == .wrong)
            #expect(findings.last?.text == "599 s ahead of the panel")
        }
    }

    @Test func `nobody at the panel's place is told with what to look at`() async throws {
        let url = "http://user:secret@127.0.0.1:\(freePorts(1)[0])"
        let findings = await PanelCheck(url: url, transfer: Self.transfer, now: { Date() }).run()
        #expect(findings.map(\.level) == [.wrong])
        #expect(findings[0].remedy?.contains("howdah-panel") == true)
        #expect(!"\(findings)".contains("secret"))
    }

    @Test func `a repository without an index is named with what to do`() async throws {
        let missing = LoopbackServer.Exchange(
            "GET", "/el9/repodata/repomd.xml", LoopbackServer.Answer(404, "no"))
        try await LoopbackServer.with([missing]) { server in
            let check = RepositoryCheck(
                settings: AWSSettings(region: "us-east-1"), credentials: Self.keys,
                transfer: Self.transfer)
            let findings = await check.run(server.url + "/el9")
            #expect(findings.map(\.level) == [.wrong])
            #expect(findings[0].remedy?.contains("howdah repo publish") == true)
        }
    }

    @Test(.enabled(if: SeaweedServer.missing == nil))
    func `a bucket that may not be read is told with the permission that lacks`() async throws {
        let stranger = SeaweedServer.Identity(
            "stranger", accessKeyID: "STRANGERKEY", secretAccessKey: "strangersecret", actions: [])
        try await SeaweedServer.with(identities: [.admin, stranger]) { weed in
            let settings = AWSSettings(region: "us-east-1", endpoints: [.s3: weed.url])
            let admin = RepositoryCheck(
                settings: settings, credentials: Self.keys, transfer: Self.transfer)
            let client = try S3Client(
                settings: settings, credentials: Self.keys, transfer: Self.transfer)
            try await client.createBucket("acme-rpms")
            #expect(await admin.run("s3://acme-rpms/el9").first?.level == .wrong)
            _ = try await client.put(
                .bytes([1]),
                to: S3Location(bucket: "acme-rpms", key: "el9/repodata/repomd.xml"))
            #expect(await admin.run("s3://acme-rpms/el9").first?.level == .fine)
            let other = StaticCredentials(
                Credentials(accessKeyID: "STRANGERKEY", secretAccessKey: "strangersecret"))
            let findings = await RepositoryCheck(
                settings: settings, credentials: other, transfer: Self.transfer
            ).run("s3://acme-rpms/el9")
            #expect(findings.first?.level == .wrong)
            #expect(findings.first?.remedy?.contains("s3:GetObject") == true, "\(findings)")
            #expect(!"\(findings)".contains("strangersecret"))
        }
    }
}
