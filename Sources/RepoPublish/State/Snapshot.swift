public import RepoMetadata

/// The metadata of one state of a repository: files and the `repomd.xml` that names them. Making
/// one does no I/O; the same packages give the same files.
public struct Snapshot: Sendable {
    public struct File: Sendable {
        /// Below the repository's root, such as `repodata/<checksum>-primary.xml.gz`.
        public let path: String
        public let bytes: [UInt8]
    }

    /// In the order of the records of `repomd`.
    public let files: [File]
    public let repomd: RepomdDocument

    /// Whether an index that is there names exactly these files.
    public func isSame(as index: RepomdIndex) -> Bool {
        index.records.count == repomd.records.count
            && repomd.records.allSatisfy { record in
                let old = index.record(record.type)
                return old?.digest == record.digest && old?.location == record.location
            }
    }
}
