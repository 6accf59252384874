public import Archive
public import Digests
public import RepoMetadata

/// How a state is written down.
public struct SnapshotOptions: Sendable {
    /// Bytes of one file of another kind, as it is stored and decompressed.
    static let maximumOtherSize = 1 << 30

    /// A metadata file of another kind: groups, updates, modules.
    public struct OtherRecord: Sendable, Hashable {
        /// What is known of the content when it is not compressed.
        public struct Open: Sendable, Hashable {
            public let digest: Digest
            /// Bytes.
            public let size: Int
        }

        /// As in `repomd.xml`: `group`, `updateinfo`, `modules`.
        public var type: String
        /// The file's name without a checksum before it, such as `updateinfo.xml.gz`.
        public var name: String
        /// As they are stored; compressed ones are recognised.
        public var bytes: [UInt8]
        /// Seconds since 1970; nil takes the snapshot's time.
        public var timestamp: Int64?
        /// Nil: it is decompressed to find out.
        public var open: Open?

        public init(type: String, name: String, bytes: [UInt8], timestamp: Int64? = nil) {
            self.type = type
            self.name = name
            self.bytes = bytes
            self.timestamp = timestamp
        }
    }

    public var compression: Compression
    /// Of the checksums in `repomd.xml` and in file names.
    public var algorithm: DigestAlgorithm
    /// Whether a file's name begins with its checksum.
    public var hasUniqueNames: Bool
    public var revision: String
    /// Seconds since 1970, for the files' time stamps.
    public var time: Int64
    public var tags: RepomdDocument.Tags
    /// They come after the packages' own records, by type.
    public var others: [OtherRecord]

    /// Without a revision it is the time.
    public init(
        compression: Compression = .gzip, algorithm: DigestAlgorithm = .sha256,
        hasUniqueNames: Bool = true, revision: String? = nil, time: Int64,
        tags: RepomdDocument.Tags = RepomdDocument.Tags(), others: [OtherRecord] = []
    ) {
        self.compression = compression
        self.algorithm = algorithm
        self.hasUniqueNames = hasUniqueNames
        self.revision = revision ?? String(time)
        self.time = time
        self.tags = tags
        self.others = others
    }
}
