internal import Archive
internal import Digests
internal import RepoMetadata

/// Puts files and their records together.
struct SnapshotBuilder {
    private let options: SnapshotOptions
    private var files: [Snapshot.File] = []
    private var repomd: RepomdDocument

    init(_ options: SnapshotOptions) {
        self.options = options
        repomd = RepomdDocument(revision: options.revision, tags: options.tags, records: [])
    }

    var snapshot: Snapshot { Snapshot(files: files, repomd: repomd) }

    mutating func add(
        _ kind: MetadataFile, _ bytes: [UInt8], openDigest: Digest, openSize: Int
    ) {
        let isPacked = options.compression != .none
        add(
            type: kind.rawValue, name: "\(kind.rawValue).xml\(options.compression.suffix)", bytes,
            openDigest: isPacked ? openDigest : nil, openSize: isPacked ? openSize : nil,
            timestamp: options.time)
    }

    mutating func add(_ other: SnapshotOptions.OtherRecord) throws(ArchiveError) {
        var open: [UInt8]?
        if Compression(recognising: other.bytes) != .none {
            open = try Decompressor.decompress(
                other.bytes, limit: RepositoryState.maximumOpenSize, name: other.name)
        }
        add(
            type: other.type, name: other.name, other.bytes,
            openDigest: open.map { Digest.of($0, options.algorithm) }, openSize: open?.count,
            timestamp: other.timestamp ?? options.time)
    }

    private mutating func add(
        type: String, name: String, _ bytes: [UInt8], openDigest: Digest?, openSize: Int?,
        timestamp: Int64
    ) {
        let digest = Digest.of(bytes, options.algorithm)
        let location = "repodata/" + (options.hasUniqueNames ? "\(digest.hex)-\(name)" : name)
        files.append(Snapshot.File(path: location, bytes: bytes))
        repomd.records.append(
            RepomdDocument.Record(
                type: type, location: location, digest: digest, size: Int64(bytes.count),
                openDigest: openDigest, openSize: openSize.map(Int64.init), timestamp: timestamp))
    }
}
