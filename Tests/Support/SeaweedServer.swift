/// SeaweedFS as S3 and STS on free ports of 127.0.0.1, for the time of one test.
public struct SeaweedServer: Sendable {
    /// A user with a key of his own.
    public struct Identity: Sendable {
        public var name: String
        public var accessKeyID: String
        public var secretAccessKey: String
        /// SeaweedFS's words: `Admin`, `Read`, `Write`, `List`, `Read:bucket`…
        public var actions: [String]
        /// JSON of a policy that the user has.
        public var policy: String?

        public init(
            _ name: String, accessKeyID: String, secretAccessKey: String, actions: [String],
            policy: String? = nil
        ) {
            self.name = name
            self.accessKeyID = accessKeyID
            self.secretAccessKey = secretAccessKey
            self.actions = actions
            self.policy = policy
        }

        public static let admin = Identity(
            "admin", accessKeyID: "ADMINKEY", secretAccessKey: "adminsecret",
            actions: ["Admin", "Read", "Write", "List", "Tagging"])
    }

    /// A role that the named users, and nobody else, may assume.
    public struct Role: Sendable {
        public var name: String
        public var trusted: [String]
        /// JSON of the one policy that it has.
        public var policy: String

        public init(_ name: String, trusted: [String], policy: String) {
            self.name = name
            self.trusted = trusted
            self.policy = policy
        }

        public var arn: String { "arn:aws:iam::role/\(name)" }
    }

    public let port: UInt16
    public var url: String { "http://127.0.0.1:\(port)" }

    /// Why a test that needs it cannot run; nil where it can.
    public static var missing: String? {
        PythonEnvironment.program("weed") == nil
            ? "'\(PythonEnvironment.path)/bin/weed' is missing: run scripts/setup" : nil
    }

    /// Runs `body` with a fresh store. `tokenDuration` is how long credentials of a role live
    /// where the caller of AssumeRole does not say.
    public static func with<Value>(
        identities: [Identity] = [.admin], roles: [Role] = [], tokenDuration: String = "1h",
        _ body: (SeaweedServer) async throws -> Value
    ) async throws -> Value {
        guard let weed = PythonEnvironment.program("weed") else {
            throw ServerProcess.Failure(description: missing ?? "no weed")
        }
        return try await withTemporaryDirectory { directory in
            let (arguments, port) = try prepare(
                directory, identities, roles, tokenDuration: tokenDuration)
            let process = try ServerProcess.start(
                weed, arguments, logPath: "\(directory)/weed.log")
            defer { process.stop() }
            try await process.wait(for: "weed") { isListening(port) }
            return try await body(SeaweedServer(port: port))
        }
    }

    private static func prepare(
        _ directory: String, _ identities: [Identity], _ roles: [Role], tokenDuration: String
    ) throws -> ([String], UInt16) {
        let ports = freePorts(8)
        try writeFile("\(directory)/identities.json", Array(document(identities).utf8))
        try writeFile("\(directory)/iam.json", Array(document(roles, tokenDuration).utf8))
        let arguments = [
            // The default directory for its credential store is the home folder's.
            "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-dir=\(directory)", "-s3",
            "-s3.config=\(directory)/identities.json", "-s3.iam.config=\(directory)/iam.json",
            "-s3.port=\(ports[0])", "-s3.port.grpc=\(ports[1])", "-master.port=\(ports[2])",
            "-master.port.grpc=\(ports[3])", "-volume.port=\(ports[4])",
            "-volume.port.grpc=\(ports[5])", "-filer=true", "-filer.port=\(ports[6])",
            "-filer.port.grpc=\(ports[7])", "-volume.max=20", "-master.volumeSizeLimitMB=100",
            "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false",
        ]
        return (arguments, ports[0])
    }

    private static func document(_ identities: [Identity]) -> String {
        let entries = identities.map { identity in
            let actions = identity.actions.map { "\"\($0)\"" }.joined(separator: ",")
            let names = identity.policy == nil ? "" : "\"\(identity.name)\""
            return """
                {"name":"\(identity.name)","credentials":[{"accessKey":"\(identity.accessKeyID)",\
                "secretKey":"\(identity.secretAccessKey)"}],"actions":[\(actions)],\
                "policyNames":[\(names)]}
                """
        }
        let policies = identities.compactMap { identity in
            identity.policy.map { text in
                "{\"name\":\"\(identity.name)\",\"content\":\(jsonString(text))}"
            }
        }
        return "{\"identities\":[\(entries.joined(separator: ","))],"
            + "\"policies\":[\(policies.joined(separator: ","))]}"
    }

    private static func jsonString(_ text: String) -> String {
        var result = "\""
        for character in text {
            switch character {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where character.isNewline: result += "\\n"
            default: result.append(character)
            }
        }
        return result + "\""
    }

    private static func document(_ roles: [Role], _ tokenDuration: String) -> String {
        let policies = roles.map { "{\"name\":\"\($0.name)\",\"document\":\($0.policy)}" }
        let entries = roles.map { role in
            let principals = role.trusted.map { "\"arn:aws:iam::000000000000:user/\($0)\"" }
            return """
                {"roleName":"\(role.name)","roleArn":"\(role.arn)","trustPolicy":\
                {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":\
                {"AWS":[\(principals.joined(separator: ","))]},"Action":["sts:AssumeRole"]}]},\
                "attachedPolicies":["\(role.name)"]}
                """
        }
        return """
            {"sts":{"tokenDuration":"\(tokenDuration)","maxSessionLength":"12h",\
            "issuer":"howdah-test","signingKey":"dGVzdC1zaWduaW5nLWtleS0zMi1jaGFyYWN0ZXJz"},\
            "policy":{"defaultEffect":"Deny","storeType":"memory"},\
            "policies":[\(policies.joined(separator: ","))],\
            "roles":[\(entries.joined(separator: ","))]}
            """
    }
}
