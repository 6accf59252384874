/// What a node of one role gets and runs: the stack's `common` part and the role's own.
public struct StackRole: Sendable, Equatable {
    public var packages: [String] = []
    public var directories: [StackDirectory] = []
    public var files: [StackFile] = []
    public var preparations: [Preparation] = []
    /// Each stands behind all those it names in `after`.
    public var daemons: [DaemonSpec] = []
    /// File name to property to value, with variables.
    public var settings: [String: [String: String]] = [:]

    static let keys = [
        "packages", "directories", "files", "preparations", "daemons", "settings",
    ]

    init(_ node: YAMLNode, key: String, file: String) throws(ConfigurationError) {
        let reader = try MappingReader(node, key: key, file: file, known: Self.keys)
        packages = try reader.strings("packages")
        for node in try reader.list("directories") {
            directories.append(try StackDirectory(node, file: file))
        }
        for node in try reader.list("files") { files.append(try StackFile(node, file: file)) }
        for node in try reader.list("preparations") {
            preparations.append(try Preparation(node, file: file))
        }
        for node in try reader.list("daemons") {
            let daemon = try DaemonSpec(node, file: file)
            for name in daemon.after where !daemons.contains(where: { $0.name == name }) {
                throw reader.failure(
                    .badValue(
                        key: "after", value: name, expected: "a daemon that stands before"),
                    line: node.line)
            }
            daemons.append(daemon)
        }
        for entry in try reader.entries(of: "settings") {
            settings[entry.key] = try reader.templateTable(of: entry.value, entry.key)
        }
    }

    init() {}

    /// Those that are told of the members, in that order: who starts last stands on the others, and
    /// lets go of a node before they do. So YARN hears of one that is to go before HDFS does.
    public var refreshed: [DaemonSpec] { daemons.reversed().filter { !$0.refresh.isEmpty } }

    /// A file that a daemon is said to read and the role has not.
    var unknownRead: String? {
        daemons.flatMap { $0.reads ?? [] }.first { path in
            !files.contains { $0.path == path }
        }
    }

    /// This as the common part, and `role` after it; the role's settings win.
    func followed(by role: StackRole) -> StackRole {
        var whole = self
        whole.packages += role.packages
        whole.directories += role.directories
        whole.files += role.files
        whole.preparations += role.preparations
        whole.daemons += role.daemons
        for (name, table) in role.settings {
            whole.settings[name, default: [:]].merge(table) { _, new in new }
        }
        return whole
    }
}
