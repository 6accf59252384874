import FoundationEssentials
import Support
import Testing
import Transfer

@testable import AWS

/// Credentials that a service gives: roles, web identities, containers.
@Suite struct RoleCredentialTests {
    static func document(_ key: String, end: String = "2099-01-01T00:00:00Z") -> String {
        """
        {"AccessKeyId":"\(key)","SecretAccessKey":"\(key)secret","Token":"\(key)token",\
        "Expiration":"\(end)"}
        """
    }

    static func chain(_ environment: [String: String]) -> CredentialChain {
        var environment = environment
        environment["AWS_EC2_METADATA_DISABLED"] = "true"
        if environment["AWS_CONFIG_FILE"] == nil { environment["HOME"] = "/nonexistent" }
        return CredentialChain.standard(environment: environment, transfer: impatientClient())
    }

    @Test(.enabled(if: !Botocore.missing, "needs botocore: run scripts/setup"))
    func `a container's endpoint gives what botocore gets there`() async throws {
        let answer = LoopbackServer.Answer(200, Self.document("CONTAINERKEY"))
        try await LoopbackServer.with([
            .init("GET", "/creds?x=1", answer), .init("GET", "/creds?x=1", answer),
        ]) { server in
            try await withTemporaryDirectory { folder in
                let token = try writeFile("\(folder)/token", Array("tok en".utf8))
                let environment = [
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.url)/creds?x=1",
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": token,
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "not this one", "HOME": "/nonexistent",
                ]
                let keys = try await Self.chain(environment).credentials()
                let line = try await Botocore.run(
                    "import botocore.session as s;"
                        + "print('|'.join(s.Session().get_credentials().get_frozen_credentials()[:3]))",
                    environment)
                let ours = [keys.accessKeyID, keys.secretAccessKey, keys.sessionToken ?? ""]
                #expect(line.split(separator: "\n").first ?? "" == ours.joined(separator: "|"))
                let sent = server.requests.map { $0.headers["authorization"] }
                #expect(sent == ["tok en", "tok en"])
            }
        }
    }

    @Test(arguments: [
        ("http://169.254.170.2/x", true), ("http://169.254.170.23/v1/credentials", true),
        ("http://[fd00:ec2::23]/v1", true), ("http://[::1]:80/x", true),
        ("http://localhost:5/x", true), ("http://127.1.2.3/x", true),
        ("https://creds.example/x", true), ("http://creds.example/x", false),
        ("http://127.0.0.1.example/x", false), ("http://169.254.170.2@evil.example/", false),
        ("http://localhost.evil.example", false), ("ftp://localhost/", false), ("localhost", false),
        ("http://127.evil/", false), ("http:///x", false),
    ])
    func `a container's endpoint is called only where no network is between`(
        url: String, isAllowed: Bool
    ) async throws {
        #expect(ContainerEndpoint.isAllowed(url) == isAllowed)
    }

    @Test func `an endpoint that is not allowed is named, and nobody is called`() async throws {
        let chain = Self.chain(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://evil.example/x?s=1"])
        let error = await #expect(throws: CredentialsError.self) { try await chain.credentials() }
        #expect(error?.description.contains("'http://evil.example/x' is neither https") == true)
    }

    /// What the instance's role may do is not what was set up.
    @Test(arguments: [
        (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://evil.example/x"], "neither https"),
        (
            [
                "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent/token",
                "AWS_ROLE_ARN": "arn:aws:iam::000000000000:role/pod",
            ], "'/nonexistent/token' cannot be read"
        ),
        (["AWS_ACCESS_KEY_ID": "KEY"], "AWS_SECRET_ACCESS_KEY is not"),
        (["AWS_PROFILE": "role"], "AWS_ACCESS_KEY_ID is not set"),
    ])
    func `what is set up and does not work ends the search`(
        environment: [String: String], text: String
    ) async throws {
        try await LoopbackServer.with([]) { server in
            try await withTemporaryDirectory { home in
                let config = "[profile role]\nrole_arn = arn:aws:iam::1:role/r\n"
                try writeFile(
                    "\(home)/config", Array((config + "credential_source = Environment\n").utf8))
                let common = [
                    "AWS_CONFIG_FILE": "\(home)/config", "HOME": "/nonexistent",
                    "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url, "AWS_REGION": "eu-west-1",
                ]
                let chain = CredentialChain.standard(
                    environment: common.merging(environment) { $1 }, transfer: impatientClient())
                let error = await #expect(throws: CredentialsError.self) {
                    try await chain.credentials()
                }
                #expect(error?.description.contains(text) == true, "\(String(describing: error))")
                #expect(error?.endsSearch == true)
            }
        }
    }

    @Test(
        .enabled(
            if: MotoServer.missing == nil && !Botocore.missing, "needs moto: run scripts/setup")
    )
    func `roles are assumed as botocore assumes them`() async throws {
        try await MotoServer.with { server in
            try await withTemporaryDirectory { home in
                try writeFile("\(home)/credentials", Array(CredentialPlanTests.credentials.utf8))
                try writeFile("\(home)/config", Array(CredentialPlanTests.config.utf8))
                try writeFile("\(home)/token", Array("header.payload.signature\n".utf8))
                let common = [
                    "AWS_SHARED_CREDENTIALS_FILE": "\(home)/credentials",
                    "AWS_CONFIG_FILE": "\(home)/config", "AWS_ENDPOINT_URL": server.url,
                    "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1",
                    "AWS_EC2_METADATA_DISABLED": "true",
                ]
                let web = [
                    "AWS_WEB_IDENTITY_TOKEN_FILE": "\(home)/token",
                    "AWS_ROLE_ARN": "arn:aws:iam::000000000000:role/pod",
                    "AWS_ROLE_SESSION_NAME": "pod-1",
                ]
                let keys = ["AWS_ACCESS_KEY_ID": "ENVKEY", "AWS_SECRET_ACCESS_KEY": "e"]
                for (expected, more) in [
                    ("publisher/ci-7", ["AWS_PROFILE": "role"]),
                    ("second/ci-8", ["AWS_PROFILE": "chained"]),
                    ("own/ci-9", ["AWS_PROFILE": "self"]),
                    ("pod/pod-1", web),
                    ("publisher/ci-7", web.merging(["AWS_PROFILE": "role"]) { $1 }),
                    ("pod/pod-1", web.merging(["AWS_PROFILE": "keys"]) { $1 }),
                ] {
                    let environment = common.merging(more) { $1 }
                    let ours = try await Self.identity(environment)
                    #expect(ours.hasSuffix(":assumed-role/\(expected)"), "\(ours)")
                    let program = """
                        import botocore.session as s
                        print(s.Session().create_client('sts').get_caller_identity()['Arn'])
                        """
                    let theirs = try await Botocore.run(program, environment)
                    #expect(theirs.split(separator: "\n").last.map(String.init) == ours)
                }
                // Keys of the environment come first, also before a profile's role.
                let first = try await Self.chain(
                    common.merging(keys) { $1 }.merging(["AWS_PROFILE": "role"]) { $1 }
                ).credentials()
                #expect(first.accessKeyID == "ENVKEY")
            }
        }
    }

    static func identity(_ environment: [String: String]) async throws -> String {
        try await STSClient(
            settings: .load(environment: environment), credentials: chain(environment),
            transfer: impatientClient()
        ).getCallerIdentity().arn
    }

    @Test(.enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
    func `a profile's role reads from a real store`() async throws {
        try await ServerInteropTests.withStore { store in
            let place = S3Location(bucket: "packages", key: "x")
            _ = try await store.s3(store.admin).put(.bytes([7]), to: place)
            try await withTemporaryDirectory { home in
                let config = """
                    [default]
                    region = us-east-1
                    endpoint_url = \(store.server.url)
                    role_arn = \(ServerInteropTests.reader.arn)
                    source_profile = source
                    [profile source]
                    aws_access_key_id = METADATAKEY
                    aws_secret_access_key = metadatasecret
                    """
                try writeFile("\(home)/config", Array(config.utf8))
                let environment = [
                    "AWS_CONFIG_FILE": "\(home)/config", "HOME": "/nonexistent",
                    "AWS_EC2_METADATA_DISABLED": "true",
                ]
                let client = try S3Client(
                    settings: .load(environment: environment),
                    credentials: Self.chain(environment), transfer: store.transfer)
                let object = try await client.get(place)
                #expect(object.bytes == [7])
            }
        }
    }

    @Test func `a role's credentials are renewed ahead of their end and when they are refused`()
        async throws
    {
        func assumed(_ key: String) -> LoopbackServer.Exchange {
            .init(
                "POST", "/",
                .init(
                    200,
                    """
                    <R><Credentials><AccessKeyId>\(key)</AccessKeyId><SecretAccessKey>s\
                    </SecretAccessKey><SessionToken>t</SessionToken><Expiration>\
                    2030-01-01T01:00:00Z</Expiration></Credentials></R>
                    """))
        }
        try await LoopbackServer.with([
            assumed("ONE"), .init("GET", "/b/k", ServiceTests.refusal(400, "ExpiredToken")),
            assumed("TWO"), .init("GET", "/b/k", .init(200, "content")),
        ]) { server in
            let environment = ["AWS_ENDPOINT_URL": server.url, "AWS_REGION": "eu-west-1"]
            let transfer = impatientClient()
            let settings = AWSSettings.load(environment: environment)
            let start = try #require(AWSDate.parse("2030-01-01T00:00:00Z"))
            let world = CredentialSurroundings(
                environment: environment, settings: settings, transfer: transfer,
                metadata: MetadataClient(transfer: transfer, environment: environment),
                now: { start })
            let plan = CredentialPlan.role(
                .init(arn: "arn:aws:iam::1:role/r"),
                source: .keys(Credentials(accessKeyID: "K", secretAccessKey: "S")))
            let client = try S3Client(
                settings: settings, credentials: try plan.provider("p", world), transfer: transfer)
            let object = try await client.get(S3Location(bucket: "b", key: "k"))
            #expect(object.bytes == Array("content".utf8))
            let body = String(decoding: server.requests[0].body, as: UTF8.self)
            #expect(body.contains("RoleSessionName=howdah-1893456000"))
        }
    }
}
