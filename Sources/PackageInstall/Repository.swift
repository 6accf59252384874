/// A repository to install from, and the keys that its metadata and packages must be signed with.
public struct Repository: Sendable, Hashable {
    /// The name that errors and the cache use; letters, digits, `.`, `_`, `:` and `-`.
    public let id: String
    /// Where `repodata/` is: `s3://bucket/prefix`, `http(s)://…` or `file:///…`. They are tried in
    /// turn.
    public internal(set) var urls: [String]
    /// Where a list of such URLs is, which are asked before the repository's own.
    public let mirrorList: String?
    /// Where a metalink of its `repomd.xml` is; goes before a list.
    public var metalink: String?
    /// What none of them has signed is refused; without any key nothing can be installed.
    public let keys: [RepositoryKey]
    /// Whether `repomd.xml.asc` must be there and right (dnf's `repo_gpgcheck`).
    public let checksMetadataSignature: Bool
    /// The keys' fingerprints in lower case: the files must hold these keys and no others. Empty:
    /// whatever they hold.
    public let fingerprints: [String]
    /// Of packages of one name those of the lowest number are taken, whatever their versions.
    public var priority: Int32 = 99
    /// Where all else is equal, the lower one.
    public var cost: Int32 = 1000
    /// Packages that count as absent: patterns of a name, `NAME.ARCH` or more of an identity.
    public var excludes: [String] = []
    /// If there are any: all others count as absent.
    public var includes: [String] = []
    public var expiry = MetadataExpiry.always
    /// Whether an installation goes on without it where it cannot be reached.
    public var isSkippable = false
    public var connection = RepositoryConnection()

    public init(
        id: String, urls: [String], mirrorList: String? = nil, keys: [RepositoryKey],
        fingerprints: [String] = [], checksMetadataSignature: Bool = true
    ) {
        self.id = id
        self.urls = urls
        self.mirrorList = mirrorList
        self.keys = keys
        self.fingerprints = fingerprints
        self.checksMetadataSignature = checksMetadataSignature
    }

    /// With one place, and keys that are files.
    public init(
        id: String, url: String, keyPaths: [String], fingerprints: [String] = [],
        checksMetadataSignature: Bool = true
    ) {
        self.init(
            id: id, urls: [url], keys: keyPaths.map { RepositoryKey(file: $0) },
            fingerprints: fingerprints, checksMetadataSignature: checksMetadataSignature)
    }

    /// The first place; where there is none yet, the list of them.
    public var url: String { places.first ?? "" }

    /// Where it is, and where that is said.
    var places: [String] { urls + [metalink, mirrorList].compactMap(\.self) }
}

/// How a repository's server is spoken to.
public struct RepositoryConnection: Sendable, Hashable {
    /// A PEM file of the authorities to trust; nil for the system's.
    public var caBundle: String?
    public var verifiesServer = true
    /// A proxy's URL; empty for none; nil for what the environment says.
    public var proxy: String?
    /// A transfer that brought less than `minimumRate` bytes a second for so long is given up.
    public var stallSeconds: Int64 = 30
    public var minimumRate: Int64 = 1000

    public init() {}
}
