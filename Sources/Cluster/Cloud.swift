/// The `cloud` section: where a node asks what it is, and the services of a cloud that is not AWS.
///
/// Only the baked file may have it: whoever can set user-data must not choose whom a node asks.
public struct Cloud: Sendable, Hashable {
    /// Where the facts of an instance come from.
    public enum Source: Sendable, Hashable {
        case metadata(Metadata)
        /// Absolute path of a file with facts, for machines without a metadata service.
        case file(String)
    }

    /// A metadata service in EC2's manner.
    public struct Metadata: Sendable, Hashable {
        /// Nil for EC2's own addresses.
        public var endpoint: String?
        /// False only where the file says `tokens: never`.
        public var usesTokens = true
        /// How long one question may take, all attempts together; nil for the default.
        public var patience: Duration?
        /// Nil: root alone where that can be done, which the boot is degraded without.
        public var access: Access?

        public init() {}

        static let keys = ["endpoint", "tokens", "patience", "access"]

        /// Which users of the instance may reach it.
        public enum Access: String, Sendable, Hashable, CaseIterable {
            /// No daemon is started before that is proven.
            case root
            case everyone
        }
    }

    public var region: String?
    /// By service: `ec2`, `s3`, `sts`.
    public var endpoints: [String: String]
    public var source: Source

    public init() {
        region = nil
        endpoints = [:]
        source = .metadata(Metadata())
    }

    /// The keys of the section.
    public static let keys = ["region", "endpoints", "metadata", "facts"]
    public static let services = ["ec2", "s3", "sts"]
    static let url = "http:// or https://, a host, and a port or a path if you like"

    /// The settings as variables, by which the AWS tools know them.
    public var environment: [String: String] {
        var variables: [String: String] = [:]
        variables["AWS_REGION"] = region
        for (service, url) in endpoints {
            variables["AWS_ENDPOINT_URL_\(service.uppercased())"] = url
        }
        if case .metadata(let metadata) = source {
            variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = metadata.endpoint
        }
        return variables
    }

    init(_ node: YAMLNode, file: String) throws(ConfigurationError) {
        let reader = try MappingReader(node, key: "cloud", file: file, known: Self.keys)
        region = try reader.parsed("region", expected: "the name of a region") {
            Name.isPlain($0) ? $0 : nil
        }
        endpoints = [:]
        if let node = reader.node("endpoints") {
            let list = try MappingReader(
                node, key: "endpoints", file: file, known: Self.services)
            for service in Self.services {
                endpoints[service] = try list.parsed(service, expected: Self.url, Name.endpoint)
            }
        }
        let path = try reader.parsed(
            "facts", expected: "file:// and an absolute path", Name.filePath)
        guard let node = reader.node("metadata") else {
            source = path.map(Source.file) ?? .metadata(Metadata())
            return
        }
        guard path == nil else {
            throw reader.failure(
                .refused("facts come from 'metadata' or from 'facts', not from both"),
                line: reader.keyLines["facts"])
        }
        source = .metadata(try Metadata(node, file: file, isElsewhere: !endpoints.isEmpty))
    }
}

extension Cloud.Metadata {
    /// `isElsewhere`: the file names a service's endpoint, so that the cloud is not AWS.
    init(_ node: YAMLNode, file: String, isElsewhere: Bool) throws(ConfigurationError) {
        let reader = try MappingReader(node, key: "metadata", file: file, known: Self.keys)
        endpoint = try reader.parsed("endpoint", expected: Cloud.url, Name.endpoint)
        usesTokens =
            try reader.parsed("tokens", expected: "required or never") { text in
                switch text {
                case "required": true
                case "never": false
                default: nil
                }
            } ?? true
        patience = try reader.parsed(
            "patience", expected: "a time with its unit, as '2 min'", Duration.init(quantity:))
        access = try reader.parsed(
            "access", expected: "root or everyone", Access.init(rawValue:))
        // AWS has tokens everywhere, and without them any open proxy on the node gives away its
        // credentials.
        guard usesTokens || isElsewhere else {
            throw reader.failure(
                .refused(
                    "'tokens: never' is for a cloud that is not AWS: name its 'endpoints' too"),
                line: reader.keyLines["tokens"])
        }
    }
}
