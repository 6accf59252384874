public import Archive
public import Digests
public import RepoMetadata

/// What an index is made of and how.
public struct IndexOptions: Sendable {
    /// Where `repodata` is written, absolute; nil: the directory of the packages.
    public var output: String?
    public var selection = PackageSelection()
    public var location = LocationRule()
    /// Nil: every package is read.
    public var update: UpdateRule?
    public var format = MetadataFormat()
    public var extra = ExtraMetadata()
    public var retention = Retention.previous
    public var duplicates = DuplicateRule.warn
    /// Absolute paths of files with the public keys that packages must be signed by; nil: the
    /// signature is not looked at.
    public var keyrings: [String]?
    public var key: SigningKey?
    /// Whether payloads are compared with the digests that packages state of them; headers always
    /// are.
    public var checksPayloads = true
    /// How many workers read packages.
    public var workers: Int

    public init(
        compression: Compression = .gzip, changelogLimit: Int = 10, keyFile: String? = nil,
        workers: Int = 2
    ) {
        format.compression = compression
        format.changelogLimit = changelogLimit
        key = keyFile.map(SigningKey.file)
        self.workers = max(1, workers)
    }
}

/// Which packages are not read again.
public struct UpdateRule: Sendable, Hashable {
    /// Directories whose `repodata` is looked at too, absolute.
    public var paths: [String] = []
    /// Whether a package of the same name is taken for the same, whatever its size and time.
    public var skipsStatus = false

    public init() {}
}

/// In what form metadata is written.
public struct MetadataFormat: Sendable, Hashable {
    public var compression = Compression.gzip
    /// Of groups and other metadata that is not made of packages.
    public var extraCompression = Compression.gzip
    /// Of packages.
    public var checksum = DigestAlgorithm.sha256
    /// Of metadata files, in `repomd.xml` and in their names.
    public var metadataChecksum = DigestAlgorithm.sha256
    /// Whether files' names begin with their checksum.
    public var hasUniqueNames = true
    /// Whether a file more lists the packages' files with their hashes (`filelists-ext`).
    public var listsHashes = false
    /// Entries of each changelog, the newest; all if negative.
    public var changelogLimit = 10
    /// Nil: the time.
    public var revision: String?
    /// Seconds since 1970, for `repomd.xml`'s time stamps and the files; nil: the time.
    public var timestamp: Int64?
    public var tags = RepomdDocument.Tags()

    public init() {}
}

/// What is done about packages of the same name, epoch, version, release and architecture.
public enum DuplicateRule: String, Sendable, Hashable, CaseIterable {
    /// All are kept, and named.
    case warn
    /// The one that was built last is kept.
    case keepLast = "keep-last"
    /// Nothing is written.
    case error
}
