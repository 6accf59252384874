/// What libsolv decides about: the packages there are and the packages that are wanted.
public struct SolverInput: Sendable {
    /// One repository's packages.
    public struct Source: Sendable {
        public let id: String
        public var content: Content
        /// dnf's: the lower number wins; with equal ones, the lower cost.
        public var priority: Int32 = 99
        public var cost: Int32 = 1000
        /// Patterns of packages that count as absent; where `includes` has any, all others too.
        public var excludes: [String] = []
        public var includes: [String] = []

        public init(id: String, content: Content) {
            self.id = id
            self.content = content
        }
    }

    public enum Content: Sendable {
        /// What an earlier run wrote, in libsolv's own form.
        case cached(path: String)
        /// Metadata in XML, and where to keep what becomes of it. The list of all files is needed
        /// only if a package requires a file that is not in primary.
        case metadata(primary: Metadata, filelists: Metadata?, keepAt: String?)
    }

    /// Opens a metadata file's content.
    public typealias Metadata = @Sendable () throws -> any MetadataReader

    /// What is wanted.
    public enum Action: Sendable, Hashable {
        /// `newest`: also of what is installed.
        case install(newest: Bool)
        /// Without names: all.
        case upgrade
        /// With what requires them, if `dependents` is true.
        case remove(dependents: Bool)
    }

    /// The root whose installed packages count.
    public var root: String
    /// Whether the root has a database of packages; libsolv takes a missing one for an error.
    public var hasDatabase: Bool
    /// The machine's architecture (`uname -m`), which decides what can be installed.
    public var architecture: String
    public var sources: [Source]
    /// `NAME`, `NAME-VERSION[-RELEASE]`, `NAME.ARCH`, a capability or a file.
    public var names: [String]
    public var action: Action
    /// Capabilities that count as installed: `/bin/sh` or `java-headless = 17`.
    public var assumed: [String]
    public var policy = SolverPolicy()

    public init(
        root: String, hasDatabase: Bool, architecture: String, sources: [Source], names: [String],
        action: Action = .install(newest: false), assumed: [String] = []
    ) {
        self.root = root
        self.hasDatabase = hasDatabase
        self.architecture = architecture
        self.sources = sources
        self.names = names
        self.action = action
        self.assumed = assumed
    }
}

/// What holds for all packages.
public struct SolverPolicy: Sendable, Hashable {
    /// Patterns of packages that count as absent in all repositories.
    public var excludes: [String] = []
    /// Patterns: of packages of such names, and of what replaces them, no others are taken.
    public var locks: [String] = []
    /// Names that are never removed, nor replaced by packages of other names.
    public var protected: Set<String> = []
    /// Whether what packages recommend comes with them.
    public var takesRecommended = true
    /// Of these several versions are installed side by side (dnf's `installonlypkgs`).
    public var multiversion: [String] = [
        "kernel", "kernel-PAE", "installonlypkg(kernel)", "installonlypkg(kernel-module)",
        "installonlypkg(vm)", "multiversion(kernel)",
    ]

    public init() {}
}
