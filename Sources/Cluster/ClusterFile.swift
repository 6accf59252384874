/// The cluster file, `/etc/howdah/cluster.yaml`: what a node must know before it can ask anybody.
public struct ClusterFile: Sendable, Equatable {
    public var cluster: String
    /// `https://host:port`, without a path.
    public var panel: String
    /// Digests of public keys, `sha256//…`: the panel must show one of them in its certificate,
    /// whoever signed that. Empty for what the system's authorities trust.
    public var panelKeys: [String]
    public var role: RoleChoice
    /// Pattern of an IAM role's name (`*` stands for anything) to role; goes before the stack's.
    public var roles: [Stack.IAMRoleRule]
    /// Name of a file in the stacks' folder, without `.yaml`.
    public var stack: String
    public var repositories: [Repository]
    public var storage: [Storage]
    /// File name, such as `hdfs-site.xml`, to property to value; laid over the stack's own.
    public var settings: [String: [String: String]]
    public var cloud: Cloud
    /// Keys that user-data may not set.
    public var locked: [String]
    /// Capabilities that the host has without an RPM saying so, such as `java-17-headless`.
    public var assume: [String]
    /// Whether a boot takes packages from the image's own `.repo` files too.
    public var imageRepositories: Bool
    /// What the node shows the panel of who it is.
    public var enrolment: EnrolmentWay
    /// A secret of one use; nil where there is none, and where it is not needed any more.
    public var enrolmentToken: String?

    /// Whoever can set user-data must not become root by it.
    public static let lockedByDefault = ["panel", "panel_keys", "repositories"]
    /// No source but the baked file may ever set these.
    public static let alwaysLocked = [
        "roles", "cloud", "locked", "assume", "image_repositories",
    ]

    /// Reads a whole cluster file: `howdah`, `cluster`, `panel` and `stack` must be there.
    public static func parse(_ bytes: [UInt8], file: String) throws(ConfigurationError) -> Self {
        try Self(ClusterFragment.parse(bytes, file: file))
    }

    /// Reads the baked file and lays user-data over it, if there is any of ours.
    public static func parse(
        _ bytes: [UInt8], file: String, userData: UserData?
    ) throws(ConfigurationError) -> Self {
        let baked = try ClusterFragment.parse(bytes, file: file)
        var merged = baked
        for fragment in userData?.fragments ?? [] { merged = try merged.overlaid(by: fragment) }
        return try Self(merged)
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
        guard panel.hasPrefix("https://") || (fragment.panelKeys ?? []).isEmpty else {
            throw ConfigurationError(
                file: fragment.file, line: fragment.lines["panel_keys"] ?? 1,
                .refused("'panel_keys' are for a panel with https://, not for '\(panel)'"))
        }
        self.cluster = cluster
        self.panel = panel
        self.stack = stack
        panelKeys = fragment.panelKeys ?? []
        role = fragment.role ?? .automatic
        roles = fragment.roles ?? []
        repositories = fragment.repositories ?? []
        storage = fragment.storage ?? []
        settings = fragment.settings ?? [:]
        cloud = fragment.cloud ?? Cloud()
        locked = fragment.locked ?? Self.lockedByDefault
        assume = fragment.assume ?? []
        imageRepositories = fragment.imageRepositories ?? false
        enrolment = fragment.enrolment ?? (fragment.enrolmentToken == nil ? .sts : .token)
        enrolmentToken = fragment.enrolmentToken
        guard enrolment == .token || enrolmentToken == nil else {
            throw ConfigurationError(
                file: fragment.file, line: fragment.lines["enrolment"] ?? 1,
                .refused("'enrolment_token' is for 'enrolment: token', not for 'sts'"))
        }
    }
}

extension ClusterFragment {
    /// This baked file with the keys of `other` in place of its own; `settings` are merged property
    /// by property. The role is kept: it is a claim to be compared, see ``Stack/resolveRole(_:)``.
    ///
    /// Throws if `other` sets a locked key to something else than the baked file has. A locked key
    /// that the baked file leaves out may not be set either.
    public func overlaid(by other: ClusterFragment) throws(ConfigurationError) -> Self {
        var locks = (locked ?? ClusterFile.lockedByDefault) + ClusterFile.alwaysLocked
        // A pinned key stands in for the authorities: whoever may set it may be the panel.
        if locks.contains("panel") { locks.append("panel_keys") }
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
        merged.panelKeys = other.panelKeys ?? panelKeys
        merged.stack = other.stack ?? stack
        merged.repositories = other.repositories ?? repositories
        merged.storage = other.storage ?? storage
        merged.enrolment = other.enrolment ?? enrolment
        merged.enrolmentToken = other.enrolmentToken ?? enrolmentToken
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
        case "panel_keys": panelKeys == other.panelKeys
        case "role": role == other.role
        case "roles": roles == other.roles
        case "stack": stack == other.stack
        case "repositories": repositories == other.repositories
        case "storage": storage == other.storage
        case "settings": settings == other.settings
        case "cloud": cloud == other.cloud
        case "locked": locked == other.locked
        case "assume": assume == other.assume
        case "image_repositories": imageRepositories == other.imageRepositories
        case "enrolment": enrolment == other.enrolment
        case "enrolment_token": enrolmentToken == other.enrolmentToken
        default: true
        }
    }
}
