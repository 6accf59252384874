/// A stack: what the roles of a cluster install, write, prepare and run. Data, read from YAML.
public struct Stack: Sendable, Equatable {
    public var name: String
    /// The role whose one node puts its address at the panel for the others to follow.
    public var masterRole: String
    /// By name, each with the common part in it.
    public var roles: [String: StackRole]
    /// Pattern of an IAM role's name (`*` stands for anything) to role, in order of the file.
    public var iamRoles: [IAMRoleRule]

    public struct IAMRoleRule: Sendable, Hashable {
        public var pattern: String
        public var role: String

        public init(pattern: String, role: String) {
            self.pattern = pattern
            self.role = role
        }
    }

    static let keys = ["stack", "name", "master", "iam_roles", "common", "roles"]
    static let version = "1"

    /// Reads a stack. Every variable in it is known, every role that it names is there.
    public static func parse(_ bytes: [UInt8], file: String) throws(ConfigurationError) -> Self {
        try Self(YAMLNode.parse(bytes, file: file), file: file)
    }

    init(_ node: YAMLNode, file: String) throws(ConfigurationError) {
        let reader = try MappingReader(node, key: "stack file", file: file, known: Self.keys)
        guard
            try reader.parsed(
                "stack", expected: "1, the only version this program knows",
                { $0 == Self.version ? $0 : nil }) != nil
        else { throw reader.failure(.missingKey("stack")) }
        name = try reader.plainName()
        let common = try reader.node("common").map { node throws(ConfigurationError) in
            try StackRole(node, key: "common", file: file)
        }
        roles = [:]
        for entry in try reader.entries(of: "roles") {
            let role = try StackRole(entry.value, key: entry.key, file: file)
            roles[entry.key] = (common ?? StackRole()).followed(by: role)
        }
        for (name, role) in roles {
            guard let path = role.unknownRead else { continue }
            throw reader.failure(
                .badValue(key: "reads", value: path, expected: "the path of a file of '\(name)'"),
                line: reader.keyLines["roles"])
        }
        masterRole = try reader.required("master")
        iamRoles = []
        guard roles[masterRole] != nil else {
            throw reader.unknownRole(masterRole, roles, line: reader.keyLines["master"])
        }
        for entry in try reader.entries(of: "iam_roles") {
            let role = try reader.text(of: entry.value, entry.key)
            guard roles[role] != nil else {
                throw reader.unknownRole(role, roles, line: entry.line)
            }
            iamRoles.append(IAMRoleRule(pattern: entry.key, role: role))
        }
    }

    /// The role that an IAM role's name stands for: by the stack's `iam_roles`, else a role whose
    /// name it is, or ends with after a hyphen (`howdah-master`). Nil if it tells nothing.
    public func role(forIAMRole name: String) -> String? {
        if let rule = iamRoles.first(where: { Pattern.matches(name, $0.pattern) }) {
            return rule.role
        }
        return roles.keys.filter { name == $0 || name.hasSuffix("-\($0)") }
            .max { $0.count < $1.count }
    }

    /// The properties of a settings file for a role: the stack's, with the cluster file's laid over
    /// them. Values still have their variables.
    public func settings(
        for file: String, role: String, cluster: ClusterFile
    ) -> [String: String] {
        let own = roles[role]?.settings[file] ?? [:]
        return own.merging(cluster.settings[file] ?? [:]) { _, new in new }
    }

    /// Throws if the cluster file has settings that no file of the stack is made from: misspelt,
    /// or meant for another stack.
    public func checkSettings(of cluster: ClusterFile) throws(UnusedSettings) {
        let used = Set(roles.values.flatMap(\.files).compactMap(\.content.settings))
        let unused = cluster.settings.keys.filter { !used.contains($0) }.sorted()
        guard let first = unused.first else { return }
        throw UnusedSettings(
            file: first, nearest: Spelling.nearest(to: first, in: used.sorted()), stack: name,
            known: used.sorted())
    }
}

/// A name in the cluster file's `settings` that the stack makes nothing from.
public struct UnusedSettings: Error, Equatable, CustomStringConvertible {
    public let file: String
    public let nearest: String?
    public let stack: String
    public let known: [String]

    public var description: String {
        "the stack '\(stack)' makes no file from the settings of '\(file)'"
            + (nearest.map { ", did you mean '\($0)'?" }
                ?? "; it has \(known.joined(separator: ", "))")
    }
}

extension MappingReader {
    fileprivate func unknownRole(
        _ name: String, _ roles: [String: StackRole], line: Int?
    ) -> ConfigurationError {
        let known = roles.keys.sorted().joined(separator: ", ")
        return failure(
            .badValue(key: "role", value: name, expected: "one of the roles: \(known)"),
            line: line)
    }
}
