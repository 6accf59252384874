/// A folder that the stack needs before its daemons start.
public struct StackDirectory: Sendable, Equatable {
    /// With variables, see ``Expansion``.
    public var path: String
    /// Permission bits, such as 0o700. Default 0o755.
    public var mode: UInt16
    /// Names of the owner and group; nil leaves them to whoever makes the folder.
    public var owner: String?
    public var group: String?

    static let keys = ["path", "mode", "owner", "group"]
    static let defaultMode: UInt16 = 0o755

    init(_ node: YAMLNode, file: String) throws(ConfigurationError) {
        let reader = try MappingReader(node, key: "directories", file: file, known: Self.keys)
        path = try reader.template("path")
        mode = try reader.mode(default: Self.defaultMode)
        owner = try reader.string("owner")
        group = try reader.string("group")
    }
}

/// What a list of the cluster's members is for.
public enum MemberList: String, Sendable, Hashable, CaseIterable {
    /// Lines of an address or name and its rack.
    case racks
    /// Who may take part: an address or name a line.
    case include
    /// Who is to be emptied before it goes: an address or name a line.
    case exclude
}

/// A configuration file that the stack writes.
public struct StackFile: Sendable, Equatable {
    public enum Content: Sendable, Equatable {
        /// Hadoop's XML, from the settings of this name: the stack's with the cluster file's over
        /// them, see ``Stack/settings(for:role:cluster:)``.
        case hadoopXML(settings: String)
        /// Shell text that exports variables, from the settings of this name.
        case shellEnvironment(settings: String)
        /// The same without `export`, for systemd's `EnvironmentFile=`.
        case environment(settings: String)
        /// Java's properties, from the settings of this name.
        case properties(settings: String)
        /// Text with variables.
        case text(String)
        /// A list of the cluster's members, which the agent keeps up as they come and go.
        case members(MemberList)

        /// The settings that it is made from, if it is.
        public var settings: String? {
            switch self {
            case .hadoopXML(let settings), .shellEnvironment(let settings),
                .environment(let settings), .properties(let settings):
                settings
            case .text, .members: nil
            }
        }
    }

    /// With variables.
    public var path: String
    public var content: Content
    /// Permission bits. Default 0o644.
    public var mode: UInt16
    public var owner: String?
    public var group: String?

    static let kinds = ["hadoop_xml", "shell", "env", "properties", "text", "members"]
    static let keys = kinds + ["path", "mode", "owner", "group"]
    static let defaultMode: UInt16 = 0o644

    init(_ node: YAMLNode, file: String) throws(ConfigurationError) {
        let reader = try MappingReader(node, key: "files", file: file, known: Self.keys)
        path = try reader.template("path")
        mode = try reader.mode(default: Self.defaultMode)
        owner = try reader.string("owner")
        group = try reader.string("group")
        content = try Self.content(reader)
    }

    private static func content(_ reader: MappingReader) throws(ConfigurationError) -> Content {
        let given = kinds.filter { reader.node($0) != nil }
        switch given {
        case ["hadoop_xml"]: return .hadoopXML(settings: try reader.required("hadoop_xml"))
        case ["shell"]: return .shellEnvironment(settings: try reader.required("shell"))
        case ["env"]: return .environment(settings: try reader.required("env"))
        case ["properties"]: return .properties(settings: try reader.required("properties"))
        case ["members"]:
            let list = try reader.parsed(
                "members",
                expected: "one of " + MemberList.allCases.map(\.rawValue).joined(separator: ", "),
                MemberList.init(rawValue:))
            guard let list else { throw reader.failure(.missingKey("members")) }
            return .members(list)
        case ["text"]: return .text(try reader.template("text"))
        default:
            throw reader.failure(
                .refused("a file has one of " + kinds.map { "'\($0)'" }.joined(separator: ", ")))
        }
    }
}

extension MappingReader {
    /// A required text whose variables are all known.
    func template(_ key: String) throws(ConfigurationError) -> String {
        guard let node = node(key) else { throw failure(.missingKey(key)) }
        return try template(of: node, key)
    }

    func template(of node: YAMLNode, _ key: String) throws(ConfigurationError) -> String {
        let text = try text(of: node, key)
        do {
            _ = try Expansion.references(in: text)
        } catch {
            throw failure(.refused("'\(key)': \(error)"), line: node.line)
        }
        return text
    }

    func templates(_ key: String) throws(ConfigurationError) -> [String] {
        var texts: [String] = []
        for item in try list(key) { texts.append(try template(of: item, key)) }
        return texts
    }

    func templateTable(_ key: String) throws(ConfigurationError) -> [String: String] {
        guard let node = node(key) else { return [:] }
        return try templateTable(of: node, key)
    }

    func templateTable(
        of node: YAMLNode, _ key: String
    ) throws(ConfigurationError) -> [String: String] {
        var table: [String: String] = [:]
        for entry in try entries(of: node, key) {
            table[entry.key] = try template(of: entry.value, entry.key)
        }
        return table
    }

    /// Octal permission bits under `mode`, with or without a leading 0.
    package func mode(default: UInt16) throws(ConfigurationError) -> UInt16 {
        try parsed("mode", expected: "three or four octal digits, such as '0700'") { text in
            (3...4).contains(text.utf8.count) ? UInt16(text, radix: 8) : nil
        } ?? `default`
    }

    func duration(
        _ key: String, default: Duration
    ) throws(ConfigurationError) -> Duration {
        try parsed(
            key, expected: "a time with its unit, such as '30 s'", Duration.init(quantity:))
            ?? `default`
    }
}
