import AWS
import Support
import Testing
import Transfer

@Suite struct MetadataTests {
    typealias Exchange = LoopbackServer.Exchange

    static let tokenPath = "/latest/api/token"
    static let role = "meta-data/iam/security-credentials/"
    static let document = """
        {"Code":"Success","AccessKeyId":"ASIAX","SecretAccessKey":"verysecret","Token":"atoken",\
        "Expiration":"2026-11-21T18:00:00Z"}
        """

    static func token(_ answer: LoopbackServer.Answer = .init(200, "TOKEN")) -> Exchange {
        Exchange("PUT", tokenPath, answer)
    }

    static func get(_ path: String, _ answer: LoopbackServer.Answer) -> Exchange {
        Exchange("GET", "/2021-07-15/\(path)", answer)
    }

    static func client(_ server: LoopbackServer, patience: Duration = .seconds(300))
        -> MetadataClient
    {
        MetadataClient(
            transfer: impatientClient(),
            environment: ["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url + "/"],
            patience: patience)
    }

    @Test func `a token is fetched once and sent with every question`() async throws {
        try await LoopbackServer.with([
            Self.token(), Self.get("meta-data/instance-id", .init(200, "i-1")),
            Self.get("user-data", .init(404, "")),
        ]) { server in
            let client = Self.client(server)
            let id = try await client.text("meta-data/instance-id")
            let userData = try await client.bytes("user-data")
            #expect(id == "i-1" && userData == nil)
            let requests = server.requests
            #expect(requests[0].headers["x-aws-ec2-metadata-token-ttl-seconds"] == "21600")
            #expect(requests[1].headers["x-aws-ec2-metadata-token"] == "TOKEN")
        }
    }

    @Test func `503 is asked again, 401 brings a new token`() async throws {
        try await LoopbackServer.with([
            Self.token(.init(503, "")), Self.token(), Self.get("x", .init(503, "")),
            Self.get("x", .init(401, "")), Self.token(.init(200, "NEXT")),
            Self.get("x", .init(200, "yes")),
        ]) { server in
            let text = try await Self.client(server).text("x")
            #expect(text == "yes")
            #expect(server.requests.last?.headers["x-aws-ec2-metadata-token"] == "NEXT")
        }
    }

    @Test func `403 on the token is final and says that metadata is off`() async throws {
        try await LoopbackServer.with([Self.token(.init(403, ""))]) { server in
            let error = await #expect(throws: MetadataError.self) {
                try await Self.client(server).text("x")
            }
            #expect(error?.kind == .off)
            #expect(error?.description.contains("metadata service is off") == true)
        }
    }

    @Test func `a service without tokens is never asked without one`() async throws {
        try await LoopbackServer.with([Self.token(.init(404, ""))]) { server in
            let error = await #expect(throws: MetadataError.self) {
                try await Self.client(server).text("x")
            }
            #expect(error?.kind == .status(404) && error?.path == Self.tokenPath)
        }
    }

    @Test func `an unreachable service is named, with the attempts`() async throws {
        let endpoint = "http://127.0.0.1:\(freePorts(1)[0])"
        let client = MetadataClient(
            transfer: impatientClient(),
            environment: ["AWS_EC2_METADATA_SERVICE_ENDPOINT": endpoint],
            patience: .seconds(3))
        let error = await #expect(throws: MetadataError.self) { try await client.text("x") }
        let text = try #require(error?.description)
        #expect(text.contains("'\(endpoint)/x'") && text.contains("could not connect"))
        let attempts = try #require(error?.attempts)
        #expect(attempts > 0 && text.contains("\(attempts) attempt"))
    }

    @Test func `credentials of a role that appears late are waited for`() async throws {
        try await LoopbackServer.with([
            Self.token(), Self.get(Self.role, .init(404, "")),
            Self.get(Self.role, .init(200, "node-role\n")),
            Self.get(Self.role + "node-role", .init(404, "")),
            Self.get(Self.role + "node-role", .init(200, Self.document)),
        ]) { server in
            let credentials = try await Self.client(server).roleCredentials()
            #expect(credentials.accessKeyID == "ASIAX" && credentials.sessionToken == "atoken")
            #expect(credentials.expiration == AWSDate.parse("20261121T180000Z"))
            #expect("\(credentials)" == "credentials 'ASIAX'")
            #expect(!String(reflecting: [credentials]).contains("verysecret"))
        }
    }

    @Test func `an unreadable document is named but never quoted`() async throws {
        let broken = #"{"Code":"Success","AccessKeyId":"A","SecretAccessKey":"verysecret"}"#
        try await LoopbackServer.with([
            Self.token(), Self.get(Self.role, .init(200, "r")),
            Self.get(Self.role + "r", .init(200, broken)),
        ]) { server in
            let error = await #expect(throws: MetadataError.self) {
                try await Self.client(server).roleCredentials()
            }
            let text = try #require(error?.description)
            #expect(text.contains("Token is missing") && !text.contains("verysecret"))
        }
    }
}
