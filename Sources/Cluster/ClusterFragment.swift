/// What one source (the baked file, user-data) says of the cluster: any of the keys, none needed.
public struct ClusterFragment: Sendable, Equatable {
    /// The name the text was read under; for errors.
    public let file: String
    public var cluster: String?
    public var panel: String?
    public var panelKeys: [String]?
    public var role: RoleChoice?
    /// Pattern of an IAM role's name to role, in the order of the file.
    public var roles: [Stack.IAMRoleRule]?
    public var stack: String?
    public var repositories: [Repository]?
    public var storage: [Storage]?
    /// File name, such as `hdfs-site.xml`, to property to value.
    public var settings: [String: [String: String]]?
    public var cloud: Cloud?
    public var locked: [String]?
    public var assume: [String]?
    public var imageRepositories: Bool?
    public var enrolment: EnrolmentWay?
    /// A secret.
    public var enrolmentToken: String?
    /// The line of each key that is given.
    let lines: [String: Int]

    /// All keys of a cluster file, in the order they are documented in.
    public static let keys = [
        "howdah", "cluster", "panel", "panel_keys", "role", "roles", "stack", "repositories",
        "storage", "settings", "cloud", "locked", "assume", "image_repositories", "enrolment",
        "enrolment_token",
    ]

    /// The only version there is.
    public static let version = "1"

    /// Reads a cluster file or a part of one.
    public static func parse(_ bytes: [UInt8], file: String) throws(ConfigurationError) -> Self {
        try Self(YAMLNode.parse(bytes, file: file), file: file)
    }

    /// `node` must be a mapping; its `howdah` key must be 1, if it is there.
    init(_ node: YAMLNode, file: String) throws(ConfigurationError) {
        let reader = try MappingReader(node, key: "cluster file", file: file, known: Self.keys)
        self.file = file
        lines = reader.keyLines
        _ = try reader.parsed(
            "howdah", expected: "1, the only version this program knows",
            { $0 == Self.version ? $0 : nil })
        let plain = "letters, digits, '.', '_' and '-'"
        cluster = try reader.parsed("cluster", expected: plain) { Name.isPlain($0) ? $0 : nil }
        panel = try reader.parsed(
            "panel", expected: "http:// or https://, a host, and a port if you like", Name.origin)
        panelKeys = try Self.panelKeys(reader)
        role = try reader.parsed("role", expected: "auto or the name of a role of the stack") {
            Name.isPlain($0) ? RoleChoice($0) : nil
        }
        roles = try Self.roles(reader)
        stack = try reader.parsed("stack", expected: plain) { Name.isPlain($0) ? $0 : nil }
        repositories = try Self.list("repositories", reader, name: \.id) {
            node throws(ConfigurationError) in try Repository(node, file: file)
        }
        storage = try Self.list("storage", reader, name: \.mount) {
            node throws(ConfigurationError) in try Storage(node, file: file)
        }
        settings = try Self.settings(reader)
        cloud = try reader.node("cloud").map { node throws(ConfigurationError) in
            try Cloud(node, file: file)
        }
        locked = try Self.locked(reader)
        assume = reader.node("assume") == nil ? nil : try reader.strings("assume")
        imageRepositories = try reader.boolean("image_repositories")
        enrolment = try reader.parsed(
            "enrolment", expected: "sts or token", EnrolmentWay.init(rawValue:))
        enrolmentToken = try Self.token(reader)
    }

    /// The items of a list whose names must differ; nil if the key is absent.
    private static func list<Item>(
        _ key: String, _ reader: MappingReader, name: (Item) -> String,
        _ make: (YAMLNode) throws(ConfigurationError) -> Item
    ) throws(ConfigurationError) -> [Item]? {
        guard reader.node(key) != nil else { return nil }
        var items: [Item] = []
        var lines: [String: Int] = [:]
        for node in try reader.list(key) {
            let item = try make(node)
            if let first = lines.updateValue(node.line, forKey: name(item)) {
                throw reader.failure(
                    .duplicateKey(name(item), firstLine: first), line: node.line)
            }
            items.append(item)
        }
        return items
    }

    private static func settings(
        _ reader: MappingReader
    ) throws(ConfigurationError) -> [String: [String: String]]? {
        guard reader.node("settings") != nil else { return nil }
        var settings: [String: [String: String]] = [:]
        for entry in try reader.entries(of: "settings") {
            settings[entry.key] = try reader.templateTable(of: entry.value, entry.key)
        }
        return settings
    }

    private static func roles(
        _ reader: MappingReader
    ) throws(ConfigurationError) -> [Stack.IAMRoleRule]? {
        guard reader.node("roles") != nil else { return nil }
        var rules: [Stack.IAMRoleRule] = []
        for entry in try reader.entries(of: "roles") {
            let role = try reader.parse(
                entry.value, entry.key, expected: "the name of a role of the stack"
            ) { Name.isPlain($0) ? $0 : nil }
            rules.append(Stack.IAMRoleRule(pattern: entry.key, role: role))
        }
        return rules
    }

    private static func panelKeys(
        _ reader: MappingReader
    ) throws(ConfigurationError) -> [String]? {
        guard reader.node("panel_keys") != nil else { return nil }
        var pins: [String] = []
        for node in try reader.list("panel_keys") {
            pins.append(
                try reader.parse(
                    node, "panel_keys",
                    expected: "sha256// and 44 characters of base64: the public key's digest"
                ) { Name.isKeyPin($0) ? $0 : nil })
        }
        return pins
    }

    /// The value is never part of an error.
    private static func token(_ reader: MappingReader) throws(ConfigurationError) -> String? {
        guard let text = try reader.string("enrolment_token") else { return nil }
        guard (16...128).contains(text.utf8.count), Name.isPlain(text) else {
            throw reader.failure(
                .refused(
                    "'enrolment_token' is not as 'howdah cluster token create' prints one"),
                line: reader.keyLines["enrolment_token"])
        }
        return text
    }

    private static func locked(_ reader: MappingReader) throws(ConfigurationError) -> [String]? {
        guard reader.node("locked") != nil else { return nil }
        for item in try reader.list("locked") {
            let key = try reader.text(of: item, "locked")
            guard !keys.contains(key) else { continue }
            throw reader.failure(
                .unknownKey(key, nearest: Spelling.nearest(to: key, in: keys)), line: item.line)
        }
        return try reader.strings("locked")
    }
}

/// The `enrolment` key: what the node shows the panel of who it is.
public enum EnrolmentWay: String, Sendable, Hashable, CaseIterable {
    /// The credentials of its IAM role, by way of STS.
    case sts
    /// A key of its own, brought in by a one-time token: for clouds without STS.
    case token
}

/// The `role` key: worked out from all sources, or named.
public enum RoleChoice: Sendable, Hashable, CustomStringConvertible {
    case automatic
    case named(String)

    init(_ text: String) {
        self = text == "auto" ? .automatic : .named(text)
    }

    public var description: String {
        switch self {
        case .automatic: "auto"
        case .named(let name): name
        }
    }

    /// The role, if it is named.
    public var name: String? {
        if case .named(let name) = self { name } else { nil }
    }
}
