internal import Archive
internal import Digests
internal import RepoMetadata

/// The metadata of one state of a repository: files and the `repomd.xml` that names them. Making
/// one does no I/O; the same packages give the same files.
struct Snapshot: Sendable {
    struct File: Sendable {
        /// Below the repository's root, such as `repodata/<checksum>-primary.xml.gz`.
        let path: String
        let bytes: [UInt8]
    }

    let files: [File]
    let repomd: RepomdDocument

    /// `time` is in seconds since 1970: the revision, and the files' time stamps.
    init(pieces: [PackagePieces], compression: Compression, time: Int64) throws(ArchiveError) {
        var files: [File] = []
        var records: [RepomdDocument.Record] = []
        for kind in MetadataFile.allCases {
            var open = kind.opening(packageCount: pieces.count)
            for piece in pieces { open += piece[kind] }
            open += kind.closing
            let bytes = try Compressor.compress(open, compression)
            let digest = Digest.of(bytes)
            let name = "\(digest.hex)-\(kind.rawValue).xml\(compression.suffix)"
            let isPacked = compression != .none
            files.append(File(path: "repodata/\(name)", bytes: bytes))
            records.append(
                RepomdDocument.Record(
                    type: kind.rawValue, location: "repodata/\(name)", digest: digest,
                    size: Int64(bytes.count), openDigest: isPacked ? Digest.of(open) : nil,
                    openSize: isPacked ? Int64(open.count) : nil, timestamp: time))
        }
        self.files = files
        repomd = RepomdDocument(revision: String(time), records: records)
    }

    /// Whether an index that is there names exactly these files.
    func isSame(as index: RepomdIndex) -> Bool {
        index.records.count == repomd.records.count
            && repomd.records.allSatisfy { record in
                let old = index.record(record.type)
                return old?.digest == record.digest && old?.location == record.location
            }
    }
}
