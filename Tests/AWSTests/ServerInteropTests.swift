import AWS
import Digests
import Support
import Testing
import Transfer

/// Against SeaweedFS (S3, STS) and moto (EC2) of the Python environment that `scripts/setup`
/// makes; left out where it is not there.
@Suite(.serialized) struct ServerInteropTests {
    static let reader = SeaweedServer.Role(
        "reader", trusted: ["metadata"],
        policy: """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],\
            "Resource":["arn:aws:s3:::packages/*"]}]}
            """)
    static let metadataUser = SeaweedServer.Identity(
        "metadata", accessKeyID: "METADATAKEY", secretAccessKey: "metadatasecret", actions: [])

    /// One store, and one client of each kind, for as long as `body` runs.
    struct Store {
        let server: SeaweedServer
        let transfer = TransferClient()

        var settings: AWSSettings { ServiceTests.settings(server.url) }

        func s3(_ credentials: Credentials) throws -> S3Client {
            try S3Client(
                settings: settings, credentials: StaticCredentials(credentials), transfer: transfer)
        }

        func sts(_ credentials: Credentials) throws -> STSClient {
            try STSClient(
                settings: settings, credentials: StaticCredentials(credentials), transfer: transfer)
        }

        var admin: Credentials { .init(accessKeyID: "ADMINKEY", secretAccessKey: "adminsecret") }

        /// Credentials of the role, as instance `i-1` gets them.
        func role() async throws -> Credentials {
            let user = Credentials(accessKeyID: "METADATAKEY", secretAccessKey: "metadatasecret")
            return try await sts(user).assumeRole(reader.arn, sessionName: "i-1")
        }
    }

    static func withStore(_ body: (Store) async throws -> Void) async throws {
        try await SeaweedServer.with(identities: [.admin, metadataUser], roles: [reader]) {
            let store = Store(server: $0)
            try await store.s3(store.admin).createBucket("packages")
            try await body(store)
        }
    }

    static let keys = ["el9/gtk+-3.0~rc1^git=2.rpm", "a b/Grüße 文件.txt", "p%41/q", "r/s"]

    @Test(.enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
    func `a real store takes, lists and gives back objects under every kind of key`() async throws {
        try await Self.withStore { store in
            let client = try store.s3(store.admin)
            for key in Self.keys {
                let place = S3Location(bucket: "packages", key: key)
                let tag = try await client.put(
                    .bytes(Array(key.utf8)), to: place,
                    options: S3PutOptions(contentType: "text/plain", cacheControl: "no-cache"))
                let object = try await client.get(place)
                #expect(object.bytes == Array(key.utf8) && object.metadata.entityTag == tag)
                #expect(object.metadata.cacheControl == "no-cache")
                let head = try #require(try await client.head(place))
                #expect(head.size == Int64(key.utf8.count))
            }
            let list = try await client.list(S3Location(bucket: "packages", key: ""))
            #expect(list.map(\.key).sorted() == Self.keys.sorted())
            let narrow = try await client.list(S3Location(bucket: "packages", key: "a b/"))
            #expect(narrow.map(\.key) == [Self.keys[1]])
            try await client.delete(S3Location(bucket: "packages", key: "r/s"))
            let gone = try await client.head(S3Location(bucket: "packages", key: "r/s"))
            #expect(gone == nil)
        }
    }

    @Test(.enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
    func `files stream both ways and a conditional write knows who was first`() async throws {
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }
        try await Self.withStore { store in
            try await withTemporaryDirectory { folder in
                let client = try store.s3(store.admin)
                let place = S3Location(bucket: "packages", key: "big")
                let path = try writeFile("\(folder)/big", body)
                let tag = try await client.put(
                    .file(path: path, sha256: sha256(body)), to: place, condition: .absent)
                let download = try await client.download(
                    place, to: "\(folder)/copy", expected: Digest.of(body))
                #expect(download.size == 3_000_000)
                for condition in [S3Condition.absent, .matches("\"nonesuch\"")] {
                    let error = await #expect(throws: ServiceError.self) {
                        try await client.put(.bytes([1]), to: place, condition: condition)
                    }
                    #expect(error?.isPreconditionFailed == true)
                }
                _ = try await client.put(.bytes([2]), to: place, condition: .matches(tag))
            }
        }
    }

    @Test(.enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
    func `a role with GetObject alone may do nothing else`() async throws {
        try await Self.withStore { store in
            let place = S3Location(bucket: "packages", key: "x+y")
            _ = try await store.s3(store.admin).put(.bytes([1, 2]), to: place)
            let role = try await store.role()
            let client = try store.s3(role)
            let object = try await client.get(place)
            #expect(object.bytes == [1, 2])
            let put = await #expect(throws: ServiceError.self) {
                try await client.put(.bytes([3]), to: place)
            }
            #expect(put?.status == 403 && put?.hint?.contains("s3:PutObject") == true)
            let list = await #expect(throws: ServiceError.self) {
                try await client.list(S3Location(bucket: "packages", key: ""))
            }
            #expect(list?.status == 403 && list?.hint?.contains("s3:ListBucket") == true)
            var forged = role
            forged.sessionToken = String((role.sessionToken ?? "").dropLast(6)) + "AAAAAA"
            await #expect(throws: ServiceError.self) { try await store.s3(forged).get(place) }
            let again = await #expect(throws: ServiceError.self) {
                try await store.sts(role).assumeRole(Self.reader.arn, sessionName: "i-2")
            }
            #expect(again?.status == 403, "a role must not name itself another instance")
        }
    }

    @Test(.enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
    func `an identity proof holds for its panel and challenge alone`() async throws {
        try await Self.withStore { store in
            let role = try await store.role()
            let identity = try await store.sts(role).getCallerIdentity()
            #expect(identity.assumedRole?.role == "reader")
            #expect(identity.assumedRole?.session == "i-1")
            let signer = try IdentityProofSigner(
                settings: store.settings, credentials: StaticCredentials(role),
                transfer: store.transfer)
            let verifier = try IdentityProofVerifier(
                settings: store.settings, transfer: store.transfer)
            let proof = try await signer.proof(serverID: "panel-1", nonce: "n0nce")
            let verified = try await verifier.verify(proof, serverID: "panel-1")
            #expect(verified == identity)
            await #expect(throws: ServiceError.self, "made for another panel") {
                try await verifier.verify(proof, serverID: "panel-2")
            }
            var replayed = proof
            replayed.nonce = "other"
            await #expect(throws: ServiceError.self, "made for another challenge") {
                try await verifier.verify(replayed, serverID: "panel-1")
            }
            var forged = proof
            forged.signature = String(repeating: "0", count: 64)
            await #expect(throws: ServiceError.self) {
                try await verifier.verify(forged, serverID: "panel-1")
            }
        }
    }

    @Test(.enabled(if: MotoServer.missing == nil, "needs moto_server: run scripts/setup"))
    func `a volume is made, attached, seen and detached`() async throws {
        try await MotoServer.with { server in
            let ec2 = try EC2Client(
                settings: ServiceTests.settings(server.url), credentials: staticCredentials,
                transfer: TransferClient())
            let tags = ["Name": "slave & <1>", "howdah:role": "slave"]
            let started = try await ec2.runInstances(
                EC2Launch(
                    imageID: "ami-12c6146b", instanceType: "m5.large",
                    userData: Array("howdah: 1\n".utf8), tags: tags))
            let id = try #require(started.first?.id)
            let instance = try #require(try await ec2.describeInstances(ids: [id]).first)
            #expect(instance.state == .running && instance.tags == tags)
            #expect(instance.privateIPv4 != nil && instance.launched != nil)
            let userData = try await ec2.userData(of: id)
            #expect(userData == Array("howdah: 1\n".utf8))
            let made = try await ec2.createVolume(
                sizeGiB: 3, type: "gp3", availabilityZone: instance.availabilityZone,
                tags: ["howdah:claim": "c1"])
            #expect(made.snapshotID == nil && made.attachments.isEmpty && made.sizeGiB == 3)
            try await ec2.attachVolume(made.id, to: id, device: "/dev/sdf")
            let filter = EC2Filter.tag("howdah:claim", "c1")
            let seen = try #require(try await ec2.describeVolumes(filters: [filter]).first)
            #expect(seen.id == made.id && seen.state == .inUse)
            let attachment = EC2Volume.Attachment(
                instanceID: id, device: "/dev/sdf", state: .attached)
            #expect(seen.attachments == [attachment])
            try await ec2.createTags(["more": "yes"], on: [made.id])
            try await ec2.detachVolume(made.id, from: id)
            let free = try #require(try await ec2.describeVolumes(ids: [made.id]).first)
            #expect(free.state == .available && free.tags["more"] == "yes")
            try await ec2.deleteVolume(made.id)
            let error = await #expect(throws: ServiceError.self) {
                try await ec2.describeVolumes(ids: [made.id])
            }
            #expect(error?.code == "InvalidVolume.NotFound" && error?.isNotFound == true)
            try await ec2.stopInstances([id])
            let stopped = try await ec2.describeInstances(ids: [id])
            #expect(stopped.first?.state == .stopped)
            try await ec2.startInstances([id])
            #expect(try await !ec2.isTerminationProtected(id))
            try await ec2.terminateInstances([id])
            let ended = try await ec2.describeInstances(ids: [id])
            #expect(ended.first?.state == .terminated)
        }
    }
}
