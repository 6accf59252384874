import AWS
import Digests
import Support
import Testing
import Transfer

@Suite struct ServiceTests {
    static let object = S3Location(bucket: "bucket", key: "a b+c")
    static let target = "/bucket/a%20b%2Bc"

    static func settings(_ url: String) -> AWSSettings {
        AWSSettings(region: "eu-west-1", endpoints: [.s3: url, .sts: url, .ec2: url])
    }

    static func s3(
        _ server: LoopbackServer, _ credentials: any CredentialsProvider = staticCredentials
    ) throws -> S3Client {
        try S3Client(
            settings: settings(server.url), credentials: credentials, transfer: impatientClient())
    }

    static func refusal(_ status: Int, _ code: String) -> LoopbackServer.Answer {
        .init(
            status, headers: ["x-amz-request-id": "REQ1"],
            "<?xml version=\"1.0\"?><Error><Code>\(code)</Code>"
                + "<Message>a &lt;b&gt; &#x26; c</Message></Error>")
    }

    @Test func `expired credentials are replaced once and the call is made again`() async throws {
        try await LoopbackServer.with([
            .init("GET", Self.target, Self.refusal(400, "ExpiredToken")),
            .init("GET", Self.target, .init(200, headers: ["ETag": "\"t\""], "content")),
        ]) { server in
            let object = try await Self.s3(server, NumberedCredentials()).get(Self.object)
            #expect(object.bytes == Array("content".utf8) && object.metadata.entityTag == "\"t\"")
            let tokens = server.requests.map { $0.headers["x-amz-security-token"] }
            #expect(tokens == ["token1", "token2"])
        }
    }

    @Test func `a download whose credentials end in the middle is made again`() async throws {
        try await LoopbackServer.with([
            .init("GET", Self.target, Self.refusal(400, "ExpiredToken")),
            .init("GET", Self.target, .init(200, "content")),
        ]) { server in
            try await withTemporaryDirectory { folder in
                let client = try Self.s3(server, NumberedCredentials())
                let download = try await client.download(Self.object, to: "\(folder)/file")
                #expect(download.digest == Digest.of(Array("content".utf8)))
            }
        }
    }

    @Test func `a refusal names bucket, key, region and the permission`() async throws {
        try await LoopbackServer.with([
            .init("GET", Self.target, Self.refusal(403, "AccessDenied")),
            .init("GET", "/bucket?list-type=2&max-keys=1&prefix=a%20b%2Bc", .init(403, "")),
            .init("POST", "/", .init(500, "")),
        ]) { server in
            let error = await #expect(throws: ServiceError.self) {
                try await Self.s3(server).get(Self.object)
            }
            let text = try #require(error?.description)
            for part in [
                "s3 GetObject answered 403 (AccessDenied, a <b> & c)", "bucket 'bucket'",
                "key 'a b+c'", "region 'eu-west-1'", "request REQ1", "key id 'KEY'",
                "s3:GetObject on 'arn:aws:s3:::bucket/a b+c'", "s3:ListBucket",
            ] {
                #expect(text.contains(part), "\(part)")
            }
            #expect(!text.contains("sessiontoken") && !text.contains("secret"))
        }
    }

    @Test func `a wrong clock is named`() async throws {
        try await LoopbackServer.with([
            .init("GET", Self.target, Self.refusal(403, "RequestTimeTooSkewed"))
        ]) { server in
            let error = await #expect(throws: ServiceError.self) {
                try await Self.s3(server).get(Self.object)
            }
            #expect(error?.description.contains("clock is wrong") == true)
        }
    }

    @Test func `a busy store is asked again and each request is signed anew`() async throws {
        try await LoopbackServer.with([
            .init("GET", Self.target, .init(503, "SlowDown")),
            .init("GET", Self.target, .init(200, "content")),
            .init("HEAD", Self.target, .init(404, "")),
        ]) { server in
            let client = try Self.s3(server)
            let object = try await client.get(Self.object)
            let none = try await client.head(Self.object)
            #expect(object.bytes == Array("content".utf8) && none == nil)
        }
    }

    @Test func `a listing goes on over its pages`() async throws {
        let first = """
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\
            <Contents><Key>a&amp;b</Key><Size>5</Size><ETag>&quot;1&quot;</ETag></Contents>\
            <IsTruncated>true</IsTruncated><NextContinuationToken>n=1</NextContinuationToken>\
            </ListBucketResult>
            """
        let second = "<L><Contents><Key>c</Key><Size>0</Size></Contents><Prefix/></L>"
        let query = "/bucket?list-type=2&prefix=p%2F"
        try await LoopbackServer.with([
            .init("GET", query, .init(200, first)),
            .init("GET", query + "&continuation-token=n%3D1", .init(200, second)),
        ]) { server in
            let list = try await Self.s3(server).list(S3Location(bucket: "bucket", key: "p/"))
            #expect(
                list == [
                    S3Entry(key: "a&b", size: 5, entityTag: "\"1\""),
                    S3Entry(key: "c", size: 0, entityTag: ""),
                ])
        }
    }

    @Test(arguments: [
        "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<a><b></a></b>", "<a>", "<a>&nope;</a>", "",
        String(repeating: "<a>", count: 40), "<a></a><b></b>", "no xml", "<", "<a", "<>x</>",
    ])
    func `an answer that is no proper document is an error`(text: String) async throws {
        let target = "/bucket?list-type=2&prefix="
        try await LoopbackServer.with([.init("GET", target, .init(200, text))]) { server in
            _ = await #expect(throws: UnreadableAnswer.self) {
                try await Self.s3(server).list(S3Location(bucket: "bucket", key: ""))
            }
        }
    }

    @Test func `places in S3 are read as they are written`() {
        let place = S3Location("s3://my-bucket/a/b c")
        #expect(place == S3Location(bucket: "my-bucket", key: "a/b c"))
        #expect(place?.appending("d.rpm").description == "s3://my-bucket/a/b c/d.rpm")
        #expect(S3Location("s3://bucket")?.appending("x").description == "s3://bucket/x")
        for wrong in ["http://a/b", "s3:///k", "s3://A/b", "s3://ab/c", "s3://a@b.c/d"] {
            #expect(S3Location(wrong) == nil, "\(wrong)")
        }
    }

    @Test func `endpoints are AWS's own unless they are overridden`() throws {
        let own = AWSSettings(region: "eu-west-1")
        #expect(
            try own.endpoint(.s3, region: "eu-west-1").url == "https://s3.eu-west-1.amazonaws.com")
        #expect(
            try own.endpoint(.ec2, region: "cn-north-1").url
                == "https://ec2.cn-north-1.amazonaws.com.cn")
        let environment = [
            "AWS_REGION": "r", "AWS_ENDPOINT_URL": "http://all:80/",
            "AWS_ENDPOINT_URL_S3": "http://10.0.0.1:8333", "HOME": "/nonexistent",
        ]
        let given = AWSSettings.load(environment: environment)
        #expect(try given.endpoint(.s3, region: "r").url == "http://10.0.0.1:8333")
        #expect(try given.endpoint(.sts, region: "r").host == "all")
        let wrong = AWSSettings(region: "r", endpoints: [.s3: "ftp://x"])
        #expect(throws: EndpointError.self) { try wrong.endpoint(.s3, region: "r") }
        #expect(throws: EndpointError.self) { try AWSSettings(region: nil).requiredRegion() }
    }
}
