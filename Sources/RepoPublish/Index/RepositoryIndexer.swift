public import Archive
internal import Digests
internal import Host
internal import RepoMetadata

/// What an index is made of and how.
public struct IndexOptions: Sendable {
    public var compression: Compression
    /// Entries of each changelog, the newest; all if negative.
    public var changelogLimit: Int
    /// An armored secret key to sign `repomd.xml` with.
    public var keyFile: String?
    /// How many packages are read at once.
    public var workers: Int

    public init(
        compression: Compression = .gzip, changelogLimit: Int = 10, keyFile: String? = nil,
        workers: Int = 2
    ) {
        self.compression = compression
        self.changelogLimit = changelogLimit
        self.keyFile = keyFile
        self.workers = max(1, workers)
    }
}

/// What indexing came to.
public struct IndexOutcome: Sendable, Codable {
    public let packages: Int
    public let leftOut: [LeftOut]
    public let revision: String
    /// False if the metadata that was there already said the same; nothing was written then.
    public let wasWritten: Bool
    /// Metadata files, relative to the repository's root.
    public let files: [String]
    public let isSigned: Bool
}

/// Makes the metadata of a directory of packages.
public struct RepositoryIndexer: Sendable {
    static let maximumRepomdSize = 1 << 20

    let files: Files
    let options: IndexOptions
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    /// `directory` must be absolute.
    public init(
        directory: String, options: IndexOptions, now: @escaping @Sendable () -> Int64
    ) throws(IndexError) {
        files = Files(root: directory)
        self.options = options
        self.now = now
        if !files.isDirectory("/") { throw .noDirectory(path: directory) }
    }

    /// Reads every package and writes the metadata if it is new. A package that cannot be read is
    /// left out and reported. New files come under names that hold their checksum, then the
    /// signature, and `repomd.xml` last, each by a rename: a reader sees the old or the new state.
    public func run() async throws -> IndexOutcome {
        let found = try PackageFinder(files: files).find()
        let reader = PackageReader(
            root: files.root, changelogLimit: options.changelogLimit, workers: options.workers)
        let read = await reader.read(found)
        let state = try RepositoryState.empty.changing(remove: [], add: read.packages)
        let snapshot = try state.snapshot(
            SnapshotOptions(compression: options.compression, time: now()))
        let old = try oldIndex()
        let isNew = old.map { !snapshot.isSame(as: $0) || lacksFiles($0) } ?? true
        var revision = snapshot.repomd.revision
        if isNew {
            try await write(snapshot, old)
        } else if let old {
            revision = old.revision
        }
        return IndexOutcome(
            packages: state.records.count, leftOut: read.leftOut, revision: revision,
            wasWritten: isNew, files: snapshot.files.map(\.path),
            isSigned: files.exists(Place.signature))
    }

    enum Place {
        static let folder = "/repodata"
        static let repomd = "/repodata/repomd.xml"
        static let signature = "/repodata/repomd.xml.asc"
    }

    /// The index that is there. One that cannot be read counts as none: it is replaced.
    private func oldIndex() throws -> RepomdIndex? {
        guard
            let bytes = try files.readIfPresent(Place.repomd, limit: Self.maximumRepomdSize)
        else { return nil }
        return try? RepomdIndex(reading: bytes)
    }

    private func lacksFiles(_ index: RepomdIndex) -> Bool {
        let isUnsigned = !files.exists(Place.signature)
        return isUnsigned == (options.keyFile != nil)
            || index.records.contains { !files.exists("/" + $0.location) }
    }

    private func write(_ snapshot: Snapshot, _ old: RepomdIndex?) async throws {
        let repomd = snapshot.repomd.bytes
        var signature: [UInt8]?
        if let keyFile = options.keyFile {
            signature = try await MetadataSigner(keyFile: keyFile).sign(repomd)
        }
        try files.makeDirectory(Place.folder)
        for file in snapshot.files { try files.write(file.bytes, to: "/" + file.path) }
        if let signature {
            try files.write(signature, to: Place.signature)
        } else {
            // It would be the old state's, and no reader could verify the new one with it.
            try files.remove(Place.signature)
        }
        try files.write(repomd, to: Place.repomd)
        try removeOld(snapshot, old)
    }

    /// Keeps what the previous index named, for readers in the middle of it, and removes the
    /// metadata of states before that, and what a run that was killed had begun to write.
    private func removeOld(_ snapshot: Snapshot, _ old: RepomdIndex?) throws {
        let kept = Set(snapshot.files.map(\.path) + (old?.records.map(\.location) ?? []))
        for name in try files.list(Place.folder)
        where Self.isOurs(name) && !kept.contains("repodata/\(name)") {
            try files.remove(Place.folder + "/" + name)
        }
    }

    /// `<checksum>-primary.xml…` and its like: what some index made. What `Files.write` had begun
    /// has such a name too, with more behind it.
    static func isOurs(_ name: String) -> Bool {
        if name.hasPrefix("repomd.xml.howdah-") || name.hasPrefix("repomd.xml.asc.howdah-") {
            return true
        }
        let parts = name.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, let bytes = Hex.decode(parts[0]),
            DigestAlgorithm.allCases.contains(where: { $0.byteCount == bytes.count })
        else { return false }
        return MetadataFile.allCases.contains { parts[1].hasPrefix("\($0.rawValue).xml") }
    }
}
