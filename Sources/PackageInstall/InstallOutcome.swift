/// What an installation did, or, for a dry run, would do.
public struct InstallOutcome: Sendable, Hashable, Codable {
    /// `name-version-release.arch` of packages that are new, in the order of the transaction.
    public internal(set) var installed: [String] = []
    public internal(set) var upgraded: [Upgrade] = []
    /// Packages that were removed because others replace (obsolete) them.
    public internal(set) var removed: [String] = []
    /// Packages that were asked for and were already there.
    public internal(set) var unchanged: [String] = []
    /// Packages that were fetched, not counting those that the cache had.
    public internal(set) var fetchedPackages = 0
    /// Bytes of metadata and packages that were fetched.
    public internal(set) var fetchedBytes: Int64 = 0
    public internal(set) var isDryRun = false
    /// Whether packages were only fetched and verified.
    public internal(set) var isDownload = false
    /// What somebody should know of it, such as a repository that was left out.
    public internal(set) var notes: [String] = []

    public struct Upgrade: Sendable, Hashable, Codable {
        public let from: String
        public let to: String

        public init(from: String, to: String) {
            self.from = from
            self.to = to
        }
    }

    public init() {}

    /// Whether the root was, or would be, changed at all.
    public var isUnchanged: Bool { installed.isEmpty && upgraded.isEmpty && removed.isEmpty }
}
