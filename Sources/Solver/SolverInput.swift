/// What libsolv decides about: the packages there are and the packages that are wanted.
public struct SolverInput: Sendable {
    /// One repository's metadata, uncompressed.
    public struct Source: Sendable {
        public let id: String
        public let primary: [UInt8]
        /// The list of all files; only needed if a package requires a file that is not in primary.
        public let filelists: [UInt8]?

        public init(id: String, primary: [UInt8], filelists: [UInt8]? = nil) {
            self.id = id
            self.primary = primary
            self.filelists = filelists
        }
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
    /// Capabilities that count as installed: `/bin/sh` or `java-headless = 17`.
    public var assumed: [String]
    /// Whether named packages that are installed are brought to the newest version.
    public var upgrades: Bool

    public init(
        root: String, hasDatabase: Bool, architecture: String, sources: [Source], names: [String],
        assumed: [String] = [], upgrades: Bool = false
    ) {
        self.root = root
        self.hasDatabase = hasDatabase
        self.architecture = architecture
        self.sources = sources
        self.names = names
        self.assumed = assumed
        self.upgrades = upgrades
    }
}
