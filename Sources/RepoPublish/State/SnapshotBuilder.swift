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
        _ kind: MetadataFile, _ parts: [ArraySlice<UInt8>], openDigest: Digest, openSize: Int
    ) throws(IndexError) {
        let isPacked = options.compression != .none
        try add(
            type: kind.rawValue, name: "\(kind.rawValue).xml\(options.compression.suffix)", parts,
            openDigest: isPacked ? openDigest : nil, openSize: isPacked ? openSize : nil,
            timestamp: options.time)
    }

    mutating func add(_ other: SnapshotOptions.OtherRecord) throws {
        var open = other.open
        if open == nil, Compression(recognising: other.bytes) != .none {
            let content = try Decompressor.decompress(
                other.bytes, limit: SnapshotOptions.maximumOtherSize, name: other.name)
            open = .init(digest: Digest.of(content, options.algorithm), size: content.count)
        }
        try add(
            type: other.type, name: other.name, [other.bytes[...]], openDigest: open?.digest,
            openSize: open?.size, timestamp: other.timestamp ?? options.time)
    }

    private mutating func add(
        type: String, name: String, _ parts: [ArraySlice<UInt8>], openDigest: Digest?,
        openSize: Int?, timestamp: Int64
    ) throws(IndexError) {
        var hasher = StreamHasher(options.algorithm)
        for part in parts { part.withUnsafeBytes { hasher.update($0) } }
        let digest = hasher.finish()
        let file = Snapshot.File(
            path: "repodata/" + (options.hasUniqueNames ? "\(digest.hex)-\(name)" : name),
            parts: parts)
        let (location, size) = (file.path, file.size)
        if let place = files.firstIndex(where: { $0.path == location }),
            files[place].bytes != file.bytes
        {
            let other = repomd.records[place].type
            throw .sameName(path: location, types: [other, type])
        }
        files.append(file)
        repomd.records.append(
            RepomdDocument.Record(
                type: type, location: location, digest: digest, size: Int64(size),
                openDigest: openDigest, openSize: openSize.map(Int64.init), timestamp: timestamp))
    }
}
