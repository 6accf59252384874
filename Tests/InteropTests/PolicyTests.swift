import AWS
import FoundationEssentials
import RepoPublish
import Support
import Testing
import Transfer

/// The policies as two implementations of IAM understand them: what should work does, and what
/// should not is refused.
///
/// moto checks actions and resources of users' policies, not conditions, variables or bucket
/// policies; and it finds signatures wrong where a path has `+` or a query has a slash. SeaweedFS
/// checks all of these, but knows no `s3:if-match` and `s3:if-none-match`.
@Suite(.serialized) struct PolicyTests {
    enum Deed: Sendable {
        case get(String), put(String), delete(String), list(String), uploads(String)
    }

    static let repository = RepositoryPolicies(bucket: "rpms", prefix: "/el9/x86_64/")
    static let objects = [
        "el9/x86_64/repodata/repomd.xml", "el9/x86_64/a-1.rpm", "el9/other/b.rpm", "el9/x86_64b",
        "in/alice/x", "in/bob/y",
    ]

    static let readers: [(Deed, Bool)] = [
        (.get("el9/x86_64/repodata/repomd.xml"), true), (.get("el9/x86_64/a-1.rpm"), true),
        (.get("el9/other/b.rpm"), false), (.get("el9/x86_64b"), false),
        (.put("el9/x86_64/new.rpm"), false), (.delete("el9/x86_64/a-1.rpm"), false),
        (.list("el9"), false), (.list(""), false), (.uploads("el9/x86_64/new.rpm"), false),
    ]
    static let publishers: [(Deed, Bool)] = [
        (.get("el9/x86_64/repodata/repomd.xml"), true), (.put("el9/x86_64/new.rpm"), true),
        (.put("el9/x86_64/repodata/history/1.json"), true), (.uploads("el9/x86_64/big.rpm"), true),
        (.delete("el9/x86_64/new.rpm"), true),
        (.get("el9/other/b.rpm"), false), (.put("el9/other/c.rpm"), false),
        (.delete("el9/other/b.rpm"), false), (.uploads("el9/other/c.rpm"), false),
    ]
    /// What only conditions forbid.
    static let lists: [(Deed, Bool)] = [
        (.list("el9/x86_64/"), true), (.list("el9/other/"), false), (.list(""), false),
    ]
    static let alice: [(Deed, Bool)] = [
        (.get("in/alice/x"), true), (.put("in/alice/new"), true), (.delete("in/alice/new"), true),
        (.get("in/bob/y"), false), (.put("in/bob/new"), false), (.delete("in/bob/y"), false),
        (.get("el9/x86_64/a-1.rpm"), false),
    ]
    static let aliceLists: [(Deed, Bool)] = [
        (.list("in/alice/"), true), (.list("in/bob/"), false), (.list(""), false),
        (.list("el9/"), false),
    ]

    static func json(_ policy: PolicyDocument) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(policy), as: UTF8.self)
    }

    static func folders() -> RepositoryPolicies { RepositoryPolicies(bucket: "rpms", prefix: "in") }

    static func client(_ url: String, _ key: String, _ secret: String) throws -> S3Client {
        var client = try S3Client(
            settings: AWSSettings(region: "us-east-1", endpoints: [.s3: url, .sts: url]),
            credentials: StaticCredentials(Credentials(accessKeyID: key, secretAccessKey: secret)),
            transfer: TransferClient())
        // A part of S3 is of 5 MiB at least, but for the last one.
        client.partSizes = S3PartSizes(threshold: 1, part: 5 << 20)
        return client
    }

    static func check(
        _ who: String, _ client: S3Client, _ deeds: [(Deed, Bool)], _ file: String
    ) async throws {
        for (deed, isAllowed) in deeds {
            do {
                try await perform(deed, client, file)
                #expect(isAllowed, "\(who) could \(deed)")
            } catch let error as ServiceError where error.status == 403 {
                #expect(!isAllowed, "\(who) could not \(deed): \(error)")
                #expect(error.code == "AccessDenied" && error.permission != nil)
            }
        }
    }

    static func perform(_ deed: Deed, _ client: S3Client, _ file: String) async throws {
        func place(_ key: String) -> S3Location { S3Location(bucket: "rpms", key: key) }
        switch deed {
        case .get(let key): _ = try await client.get(place(key))
        case .put(let key):
            _ = try await client.put(.bytes([1]), to: place(key), condition: .absent)
        case .delete(let key): try await client.delete(place(key))
        case .list(let prefix): _ = try await client.list(place(prefix))
        case .uploads(let key):
            // `printf x | sha256sum`
            let digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
            _ = try await client.put(.file(path: file, sha256: digest), to: place(key))
        }
    }

    static let setup = """
        import json, os, sys, urllib.request, boto3
        url = os.environ['MOTO']
        def client(name):
            return boto3.client(name, endpoint_url=url, region_name='us-east-1',
                aws_access_key_id='a', aws_secret_access_key='b')
        iam, s3 = client('iam'), client('s3')
        s3.create_bucket(Bucket='rpms')
        for key in os.environ['OBJECTS'].split(','):
            s3.put_object(Bucket='rpms', Key=key, Body=b'1')
        for user, policy in json.load(open(os.environ['POLICIES'])).items():
            iam.create_user(UserName=user)
            iam.put_user_policy(UserName=user, PolicyName='p', PolicyDocument=policy)
            key = iam.create_access_key(UserName=user)['AccessKey']
            print(user, key['AccessKeyId'], key['SecretAccessKey'])
        # From here on moto checks signatures and policies.
        urllib.request.urlopen(
            urllib.request.Request(url + '/moto-api/reset-auth', data=b'0', method='POST',
                headers={'Content-Type': 'text/plain'}))
        """

    @Test(.enabled(if: MotoServer.missing == nil, "needs moto_server: run scripts/setup"))
    func `moto lets each do what the policies say`() async throws {
        // moto does not put a user's name in place of the variable.
        let alice = try Self.json(Self.folders().userFolders)
            .split(separator: "${aws:username}", omittingEmptySubsequences: false)
            .joined(separator: "alice")
        let policies = [
            "reader": try Self.json(Self.repository.reader),
            "publisher": try Self.json(Self.repository.publisher), "alice": alice,
        ]
        try await MotoServer.with { server in
            try await withTemporaryDirectory { folder in
                let path = "\(folder)/policies"
                try writeFile(path, Array(try JSONEncoder().encode(policies)))
                let file = try writeFile("\(folder)/x", Array("x".utf8))
                let python = PythonEnvironment.program("python") ?? "python"
                let output = try await Command.run(
                    python, ["-c", Self.setup],
                    environment: [
                        "MOTO": server.url, "POLICIES": path,
                        "OBJECTS": Self.objects.joined(separator: ","),
                    ]
                ).output
                var clients: [String: S3Client] = [:]
                for line in output.split(separator: "\n") {
                    let words = line.split(separator: " ").map(String.init)
                    clients[words[0]] = try Self.client(server.url, words[1], words[2])
                }
                let reader = try #require(clients["reader"])
                try await Self.check("a reader", reader, Self.readers, file)
                let publisher = try #require(clients["publisher"])
                try await Self.check(
                    "a publisher", publisher, Self.publishers + [(.list("el9"), true)], file)
                let user = try #require(clients["alice"])
                try await Self.check("alice", user, Self.alice, file)
            }
        }
    }

    @Test(.enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
    func `SeaweedFS lets each do what the policies say, with conditions and names`() async throws {
        func identity(_ name: String, _ policy: PolicyDocument?) throws -> SeaweedServer.Identity {
            SeaweedServer.Identity(
                name, accessKeyID: "\(name)KEY", secretAccessKey: "\(name)secret", actions: [],
                policy: try policy.map(Self.json))
        }
        let identities = [
            SeaweedServer.Identity.admin, try identity("reader", Self.repository.reader),
            try identity("publisher", Self.repository.publisher),
            try identity("alice", Self.folders().userFolders), try identity("other", nil),
        ]
        try await SeaweedServer.with(identities: identities) { server in
            try await withTemporaryDirectory { folder in
                let file = try writeFile("\(folder)/x", Array("x".utf8))
                let admin = try Self.client(server.url, "ADMINKEY", "adminsecret")
                try await admin.createBucket("rpms")
                for key in Self.objects {
                    _ = try await admin.put(.bytes([1]), to: S3Location(bucket: "rpms", key: key))
                }
                func client(_ name: String) throws -> S3Client {
                    try Self.client(server.url, "\(name)KEY", "\(name)secret")
                }
                try await Self.check("a reader", client("reader"), Self.readers, file)
                try await Self.check(
                    "a publisher", client("publisher"), Self.publishers + Self.lists, file)
                try await Self.check("alice", client("alice"), Self.alice + Self.aliceLists, file)
                try await Self.checkBucketPolicy(server, client("other"), file)
            }
        }
    }

    static let putPolicy = """
        import os, boto3
        boto3.client('s3', endpoint_url=os.environ['WEED'], region_name='us-east-1',
            aws_access_key_id='ADMINKEY', aws_secret_access_key='adminsecret').put_bucket_policy(
            Bucket='rpms', Policy=os.environ['POLICY'])
        """

    /// Of a user who has no policy of his own.
    static func checkBucketPolicy(
        _ server: SeaweedServer, _ client: S3Client, _ file: String
    ) async throws {
        let user = ["arn:aws:iam::000000000000:user/other"]
        let whole = repository.bucketPolicy(readers: user, publishers: [])
        // Its servers speak no TLS here.
        var policy = whole
        policy.statements.removeAll { $0.id == "OnlyTLS" }
        let python = PythonEnvironment.program("python") ?? "python"
        func put(_ policy: PolicyDocument) async throws {
            try await Command.run(
                python, ["-c", putPolicy],
                environment: ["WEED": server.url, "POLICY": try json(policy)])
        }
        try await check("a stranger", client, readers.map { ($0.0, false) }, file)
        try await put(policy)
        try await check("a reader of the bucket's policy", client, readers, file)
        try await put(whole)
        try await check("a reader without TLS", client, readers.map { ($0.0, false) }, file)
    }

    @Test func `the bucket's policy lets nobody replace repomd.xml without a condition`() throws {
        let policy = Self.repository.bucketPolicy(
            readers: [], publishers: ["arn:aws:iam::1:role/ci"], onlyConditionalWrites: true)
        let statement = try #require(policy.statements.first { $0.id == "OnlyConditionalWrites" })
        #expect(statement.effect == .deny && statement.principals == ["*"])
        #expect(
            statement.resources == ["arn:aws:s3:::rpms/el9/x86_64/*repodata/repomd.xml"])
        // Amazon S3 User Guide, "Enforce conditional writes": both keys absent.
        #expect(
            statement.conditions == [
                "Null": ["s3:if-match": ["true"], "s3:if-none-match": ["true"]]
            ])
        let granted = policy.statements.filter { $0.principals == ["arn:aws:iam::1:role/ci"] }
        #expect(granted.count == 3)
    }

    @Test func `keys of KMS, ACLs and tags are granted to those who use them`() throws {
        var policies = RepositoryPolicies(bucket: "rpms", prefix: "", partition: "aws-us-gov")
        policies.kmsKey = "arn:aws-us-gov:kms:us-gov-west-1:1:key/k"
        policies.setsACL = true
        policies.setsTags = true
        let text = try Self.json(policies.publisher)
        for action in [
            "kms:GenerateDataKey", "kms:Decrypt", "s3:PutObjectAcl", "s3:PutObjectTagging",
            "arn:aws-us-gov:s3:::rpms/*",
        ] {
            #expect(text.contains("\"\(action)\""))
        }
        #expect(!text.contains("Condition"), "all of the bucket needs none")
        let reader = try Self.json(policies.reader)
        #expect(reader.contains("kms:Decrypt") && !reader.contains("GenerateDataKey"))
    }
}
