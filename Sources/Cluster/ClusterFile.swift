/// The cluster file, `/etc/howdah/cluster.yaml`: what a node must know before it can ask anybody.
public struct ClusterFile: Sendable, Equatable {
    public var cluster: String
    /// `https://host:port`, without a path.
    public var panel: String
    public var role: RoleChoice
    /// Name of a file in the stacks' folder, without `.yaml`.
    public var stack: String
    public var repositories: [Repository]
    public var storage: [Storage]
    /// File name, such as `hdfs-site.xml`, to property to value; laid over the stack's own.
    public var settings: [String: [String: String]]
    /// Keys that user-data may not set.
    public var locked: [String]
    /// Capabilities that the host has without an RPM saying so, such as `java-17-headless`.
    public var assume: [String]

    /// Whoever can set user-data must not become root by it.
    public static let lockedByDefault = ["panel", "repositories"]
    /// No source but the baked file may ever set these.
    static let alwaysLocked = ["locked", "assume"]

    /// Reads a whole cluster file: `howdah`, `cluster`, `panel` and `stack` must be there.
    public static func parse(_ bytes: [UInt8], file: String) throws(ConfigurationError) -> Self {
        try Self(ClusterFragment.parse(bytes, file: file))
    }

    /// Reads the baked file and lays user-data over it, if there is any of ours.
    public static func parse(
        _ bytes: [UInt8], file: String, userData: UserData?
    ) throws(ConfigurationError) -> Self {
        let baked = try ClusterFragment.parse(bytes, file: file)
        guard let userData else { return try Self(baked) }
        return try Self(baked.overlaid(by: userData.fragment))
    }

    /// A whole from parts: what must be there is, the rest has its default.
    public init(_ fragment: ClusterFragment) throws(ConfigurationError) {
        func missing(_ key: String) -> ConfigurationError {
            ConfigurationError(file: fragment.file, line: 1, .missingKey(key))
        }
        guard fragment.lines["howdah"] != nil else { throw missing("howdah") }
        guard let cluster = fragment.cluster else { throw missing("cluster") }
        guard let panel = fragment.panel else { throw missing("panel") }
        guard let stack = fragment.stack else { throw missing("stack") }
        self.cluster = cluster
        self.panel = panel
        self.stack = stack
        role = fragment.role ?? .automatic
        repositories = fragment.repositories ?? []
        storage = fragment.storage ?? []
        settings = fragment.settings ?? [:]
        locked = fragment.locked ?? Self.lockedByDefault
        assume = fragment.assume ?? []
    }
}

extension ClusterFragment {
    /// This baked file with the keys of `other` in place of its own; `settings` are merged property
    /// by property. The role is kept: it is a claim to be compared, see ``Stack/resolveRole(_:)``.
    ///
    /// Throws if `other` sets a locked key to something else than the baked file has. A locked key
    /// that the baked file leaves out may not be set either.
    public func overlaid(by other: ClusterFragment) throws(ConfigurationError) -> Self {
        let locks = (locked ?? ClusterFile.lockedByDefault) + ClusterFile.alwaysLocked
        for key in locks where other.lines[key] != nil && !isEqual(other, in: key) {
            throw ConfigurationError(
                file: other.file, line: other.lines[key] ?? 1,
                .refused(
                    "'\(key)' is locked by \(file): change it there, or leave it out of 'locked:' "
                        + "there"))
        }
        var merged = self
        merged.cluster = other.cluster ?? cluster
        merged.panel = other.panel ?? panel
        merged.stack = other.stack ?? stack
        merged.repositories = other.repositories ?? repositories
        merged.storage = other.storage ?? storage
        for (name, properties) in other.settings ?? [:] {
            merged.settings = merged.settings ?? [:]
            merged.settings?[name, default: [:]].merge(properties) { _, new in new }
        }
        return merged
    }

    private func isEqual(_ other: Self, in key: String) -> Bool {
        switch key {
        case "cluster": cluster == other.cluster
        case "panel": panel == other.panel
        case "role": role == other.role
        case "stack": stack == other.stack
        case "repositories": repositories == other.repositories
        case "storage": storage == other.storage
        case "settings": settings == other.settings
        case "locked": locked == other.locked
        case "assume": assume == other.assume
        default: true
        }
    }
}
