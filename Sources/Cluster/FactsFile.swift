/// What a machine without a metadata service is, in a file as strict as the cluster file.
public struct FactsFile: Sendable, Equatable {
    /// Letters, digits, `.`, `_` and `-`.
    public var instanceID: String
    public var instanceType: String?
    public var imageID: String?
    /// Dotted IPv4. One of this and ``address6`` is there.
    public var address: String?
    public var address6: String?
    public var hostname: String?
    public var zone: String?
    public var zoneID: String?
    public var region: String?
    public var account: String?
    public var iamRole: String?
    public var lifeCycle: String?
    public var tags: [String: String]
    /// Absolute path of a file.
    public var userData: String?

    public static let keys = [
        "instance_id", "instance_type", "image_id", "address", "address6", "hostname", "zone",
        "zone_id", "region", "account", "iam_role", "life_cycle", "tags", "user_data",
    ]

    public static func parse(_ bytes: [UInt8], file: String) throws(ConfigurationError) -> Self {
        try Self(YAMLNode.parse(bytes, file: file), file: file)
    }

    init(_ node: YAMLNode, file: String) throws(ConfigurationError) {
        let reader = try MappingReader(node, key: "facts file", file: file, known: Self.keys)
        func plain(_ key: String) throws(ConfigurationError) -> String? {
            try reader.parsed(key, expected: "letters, digits, '.', '_' and '-'") {
                Name.isPlain($0) ? $0 : nil
            }
        }
        guard let id = try plain("instance_id") else {
            throw reader.failure(.missingKey("instance_id"))
        }
        instanceID = id
        instanceType = try plain("instance_type")
        imageID = try plain("image_id")
        address = try reader.parsed("address", expected: "an IPv4 address", Name.addressOfVersion4)
        address6 = try reader.parsed(
            "address6", expected: "an IPv6 address", Name.addressOfVersion6)
        guard address != nil || address6 != nil else {
            throw reader.failure(.missingKey("address"))
        }
        hostname = try plain("hostname")
        zone = try plain("zone")
        zoneID = try plain("zone_id")
        region = try plain("region")
        account = try plain("account")
        iamRole = try reader.string("iam_role")
        lifeCycle = try plain("life_cycle")
        tags = [:]
        for entry in try reader.entries(of: "tags") {
            tags[entry.key] = try reader.text(of: entry.value, entry.key)
        }
        userData = try reader.parsed("user_data", expected: "an absolute path") {
            $0.hasPrefix("/") && Name.isURLText($0) ? $0 : nil
        }
    }
}
