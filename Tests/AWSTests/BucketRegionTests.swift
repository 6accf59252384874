import AWS
import FoundationEssentials
import Support
import Testing
import Transfer

/// What a client does with S3's word that a bucket is elsewhere.
@Suite struct BucketRegionTests {
    static let target = "/bucket/k"
    static let place = S3Location(bucket: "bucket", key: "k")

    /// The credential scope's region of each request.
    static func regions(_ server: LoopbackServer) -> [String] {
        server.requests.map { request in
            let scope = request.headers["authorization"]?.split(separator: "/") ?? []
            return scope.count > 2 ? String(scope[2]) : ""
        }
    }

    static let wrongRegion = """
        <Error><Code>AuthorizationHeaderMalformed</Code><Message>the region 'eu-west-1' is wrong; \
        expecting 'eu-central-1'</Message><Region>eu-central-1</Region></Error>
        """
    static let elsewhere = """
        <Error><Code>PermanentRedirect</Code>\
        <Endpoint>bucket.s3.ap-south-1.amazonaws.com</Endpoint><Bucket>bucket</Bucket></Error>
        """

    @Test func `a bucket's region is learned once and calls are signed for it`() async throws {
        try await LoopbackServer.with([
            .init("GET", Self.target, .init(400, Self.wrongRegion)),
            .init("GET", Self.target, .init(200, "one")),
            .init("GET", Self.target, .init(200, "two")),
            .init("GET", "/other/k", .init(200, "three")),
        ]) { server in
            let client = try ServiceTests.s3(server)
            _ = try await client.get(Self.place)
            let second = try await client.get(Self.place)
            #expect(second.bytes == Array("two".utf8))
            _ = try await client.get(S3Location(bucket: "other", key: "k"))
            #expect(
                Self.regions(server) == ["eu-west-1", "eu-central-1", "eu-central-1", "eu-west-1"])
        }
    }

    @Test func `each of S3's ways to say a region is understood`() async throws {
        let header = ["x-amz-bucket-region": "us-west-2"]
        try await LoopbackServer.with([
            .init("HEAD", Self.target, .init(301, headers: header, "")),
            .init("HEAD", Self.target, .init(200, headers: ["ETag": "\"t\""], "")),
            .init("PUT", Self.target, .init(301, Self.elsewhere)),
            .init("PUT", Self.target, .init(200, headers: ["ETag": "\"t\""], "")),
        ]) { server in
            let client = try ServiceTests.s3(server)
            let head = try await client.head(Self.place)
            #expect(head?.entityTag == "\"t\"")
            _ = try await client.put(.bytes([1]), to: Self.place)
            #expect(
                Self.regions(server) == ["eu-west-1", "us-west-2", "us-west-2", "ap-south-1"])
        }
    }

    @Test func `a download goes on in the bucket's region`() async throws {
        try await LoopbackServer.with([
            .init("GET", Self.target, .init(400, Self.wrongRegion)),
            .init("GET", Self.target, .init(200, "one")),
        ]) { server in
            try await withTemporaryDirectory { folder in
                let download = try await ServiceTests.s3(server).download(
                    Self.place, to: "\(folder)/f")
                #expect(download.size == 3)
            }
        }
    }

    @Test func `a store that sends its callers in a circle is left`() async throws {
        func to(_ region: String) -> LoopbackServer.Exchange {
            .init("GET", Self.target, .init(301, headers: ["x-amz-bucket-region": region], ""))
        }
        try await LoopbackServer.with([
            to("eu-west-2"), to("eu-west-3"), to("eu-west-1"),
        ]) { server in
            let error = await #expect(throws: ServiceError.self) {
                try await ServiceTests.s3(server).get(Self.place)
            }
            #expect(error?.status == 301 && error?.bucketRegion == "eu-west-1")
        }
    }

    @Test(arguments: ["evil.example.com/", "a b", "X"])
    func `what is no region is not followed`(region: String) async throws {
        let body = "<Error><Code>PermanentRedirect</Code><Region>\(region)</Region></Error>"
        try await LoopbackServer.with([.init("GET", Self.target, .init(301, body))]) { server in
            // Behind an override a region is signed with, and never called.
            var settings = AWSSettings(region: nil)
            settings.endpoints[.s3] = server.url
            let client = try S3Client(
                settings: settings, credentials: staticCredentials, transfer: impatientClient())
            await #expect(throws: ServiceError.self) { try await client.get(Self.place) }
            #expect(Self.regions(server) == ["us-east-1"])
        }
    }

    static let listing = "/bucket?list-type=2&max-keys=1&prefix=k"

    /// As S3 answers a caller who may list one folder alone.
    @Test(arguments: [
        ("", true), ("<Contents><Key>k1</Key></Contents>", true),
        ("<Contents><Key>k</Key></Contents>", false),
    ])
    func `a key that is not there is told from one that may not be read`(
        contents: String, isAbsent: Bool
    ) async throws {
        let list = LoopbackServer.Answer(
            200, "<ListBucketResult>\(contents)</ListBucketResult>")
        var exchanges: [LoopbackServer.Exchange] = [
            .init("GET", Self.target, ServiceTests.refusal(403, "AccessDenied")),
            .init("GET", Self.listing, list), .init("HEAD", Self.target, .init(403, "")),
            .init("GET", Self.listing, list),
        ]
        if !isAbsent { exchanges.append(.init("POST", "/", .init(200, Self.who))) }
        try await LoopbackServer.with(exchanges) { server in
            let client = try ServiceTests.s3(server)
            let error = await #expect(throws: ServiceError.self) {
                try await client.get(Self.place)
            }
            #expect(error?.isNotFound == isAbsent && error?.status == (isAbsent ? 404 : 403))
            if isAbsent {
                let head = try await client.head(Self.place)
                #expect(head == nil)
            } else {
                await #expect(throws: ServiceError.self) { try await client.head(Self.place) }
            }
        }
    }

    static let who = """
        <GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/ci</Arn>\
        <UserId>U</UserId><Account>1</Account></GetCallerIdentityResult>\
        </GetCallerIdentityResponse>
        """

    @Test func `a refusal tells who was refused, and asks that once`() async throws {
        let refusal = ServiceTests.refusal(403, "AccessDenied")
        try await LoopbackServer.with([
            .init("GET", Self.target, refusal), .init("GET", Self.listing, .init(403, "")),
            .init("POST", "/", .init(200, Self.who)),
            .init("PUT", Self.target, refusal), .init("HEAD", Self.target, .init(403, "")),
        ]) { server in
            let client = try ServiceTests.s3(server)
            let get = await #expect(throws: ServiceError.self) { try await client.get(Self.place) }
            #expect(get?.description.contains("caller 'arn:aws:iam::1:user/ci'") == true)
            let put = await #expect(throws: ServiceError.self) {
                try await client.put(
                    .bytes([1]), to: Self.place,
                    options: S3PutOptions(
                        acl: "private", encryption: .kms(keyID: nil),
                        tags: [.init(name: "a", value: "b")]))
            }
            for part in [
                "s3:PutObject, s3:PutObjectAcl, s3:PutObjectTagging on",
                "'arn:aws:s3:::bucket/k'", "kms:GenerateDataKey", "caller 'arn:aws:iam::1:user/ci'",
            ] {
                #expect(put?.description.contains(part) == true, "\(part)")
            }
            let head = await #expect(throws: ServiceError.self) {
                try await client.head(Self.place)
            }
            #expect(head?.hint?.contains("s3:ListBucket on 'arn:aws:s3:::bucket'") == true)
        }
    }

    @Test func `what AWS says itself is repeated, and STS is not asked`() async throws {
        let message = """
            User: arn:aws:sts::1:assumed-role/ci/x is not authorized to perform: \
            kms:GenerateDataKey on resource: arn:aws:kms:eu-west-1:1:key/k because no \
            identity-based policy allows it
            """
        let body = "<Error><Code>AccessDenied</Code><Message>\(message)</Message></Error>"
        try await LoopbackServer.with([.init("PUT", Self.target, .init(403, body))]) { server in
            let error = await #expect(throws: ServiceError.self) {
                try await ServiceTests.s3(server).put(.bytes([1]), to: Self.place)
            }
            #expect(error?.callerARN == "arn:aws:sts::1:assumed-role/ci/x")
            #expect(
                error?.permission == "kms:GenerateDataKey on 'arn:aws:kms:eu-west-1:1:key/k'")
            #expect(error?.hint?.contains("the key's own policy") == true)
        }
    }

    @Test func `a refusal is told though STS has no answer, and no other cloud's key goes to AWS`()
        async throws
    {
        let refusal = ServiceTests.refusal(403, "AccessDenied")
        try await LoopbackServer.with([
            .init("GET", Self.target, refusal), .init("GET", Self.listing, .init(403, "")),
            .init("POST", "/", .init(500, "")),
            .init("GET", Self.target, refusal), .init("GET", Self.listing, .init(403, "")),
        ]) { server in
            let error = await #expect(throws: ServiceError.self) {
                try await ServiceTests.s3(server).get(Self.place)
            }
            #expect(error?.callerARN == nil && error?.permission != nil)
            // Only S3 is overridden here: STS would be AWS's own.
            let client = try S3Client(
                settings: AWSSettings(region: "eu-west-1", endpoints: [.s3: server.url]),
                credentials: staticCredentials, transfer: impatientClient())
            let other = await #expect(throws: ServiceError.self) {
                try await client.get(Self.place)
            }
            #expect(other?.callerARN == nil)
        }
    }

    @Test(arguments: [(17 * 60.0, "17 min ahead of"), (-90.0, "90 s behind")])
    func `a clock that is wrong is told by how much`(ahead: Double, text: String) async throws {
        let now = Date(timeIntervalSince1970: 1_440_938_160)  // 2015-08-30T12:36:00Z
        let body = """
            <Error><Code>RequestTimeTooSkewed</Code><RequestTime>x</RequestTime>\
            <ServerTime>2015-08-30T12:36:00Z</ServerTime></Error>
            """
        try await LoopbackServer.with([.init("GET", Self.target, .init(403, body))]) { server in
            let client = try S3Client(
                settings: ServiceTests.settings(server.url), credentials: staticCredentials,
                transfer: impatientClient(), now: { now.addingTimeInterval(ahead) })
            let error = await #expect(throws: ServiceError.self) {
                try await client.get(Self.place)
            }
            #expect(error?.description.contains("clock is wrong, \(text) the service's") == true)
        }
    }
}
