public import RepoMetadata

/// The metadata of one state of a repository: files and the `repomd.xml` that names them. Making
/// one does no I/O; the same packages give the same files.
public struct Snapshot: Sendable {
    public struct File: Sendable {
        /// Below the repository's root, such as `repodata/<checksum>-primary.xml.gz`.
        public let path: String
        /// Its content; most of it is shared with the state that it was made of.
        let parts: [ArraySlice<UInt8>]

        public var bytes: [UInt8] { Array(parts.joined()) }

        var size: Int { parts.reduce(0) { $0 + $1.count } }

        func isContent(_ bytes: [UInt8]) -> Bool {
            var place = 0
            for part in parts {
                guard bytes[place...].starts(with: part) else { return false }
                place += part.count
            }
            return place == bytes.count
        }
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
