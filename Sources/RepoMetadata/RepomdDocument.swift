public import Digests

/// A `repomd.xml` to be written.
public struct RepomdDocument: Sendable, Hashable {
    /// One metadata file. What is said of the opened file is left out where nothing is compressed.
    public struct Record: Sendable, Hashable {
        public var type: String
        /// The path below the repository's root.
        public var location: String
        public var digest: Digest
        /// Bytes.
        public var size: Int64
        public var openDigest: Digest?
        public var openSize: Int64?
        /// Seconds since 1970.
        public var timestamp: Int64

        public init(
            type: String, location: String, digest: Digest, size: Int64, openDigest: Digest?,
            openSize: Int64?, timestamp: Int64
        ) {
            self.type = type
            self.location = location
            self.digest = digest
            self.size = size
            self.openDigest = openDigest
            self.openSize = openSize
            self.timestamp = timestamp
        }

        /// What an index says already. A size that it does not say is 0.
        public init(_ record: RepomdIndex.Record) {
            self.init(
                type: record.type, location: record.location, digest: record.digest,
                size: record.size ?? 0, openDigest: record.openDigest, openSize: record.openSize,
                timestamp: record.timestamp ?? 0)
        }
    }

    /// What a repository says of itself as a whole.
    public struct Tags: Sendable, Hashable {
        public struct Distribution: Sendable, Hashable {
            /// A CPE name (cpe.mitre.org), if there is one.
            public var cpeID: String?
            public var name: String

            public init(cpeID: String? = nil, name: String) {
                self.cpeID = cpeID
                self.name = name
            }
        }

        public var content: [String]
        public var distributions: [Distribution]
        public var repositories: [String]

        public init(
            content: [String] = [], distributions: [Distribution] = [], repositories: [String] = []
        ) {
            self.content = content
            self.distributions = distributions
            self.repositories = repositories
        }

        var isEmpty: Bool { content.isEmpty && distributions.isEmpty && repositories.isEmpty }
    }

    public var revision: String
    public var tags: Tags
    public var records: [Record]

    public init(revision: String, tags: Tags = Tags(), records: [Record]) {
        self.revision = revision
        self.tags = tags
        self.records = records
    }

    /// The file's content (createrepo_c's xml_dump_repomd.c).
    public var bytes: [UInt8] {
        var writer = XMLWriter()
        writer.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        writer.raw("<repomd xmlns=\"http://linux.duke.edu/metadata/repo\"")
        writer.raw(" xmlns:rpm=\"http://linux.duke.edu/metadata/rpm\">\n  <revision>")
        writer.text(Array(revision.utf8))
        writer.raw("</revision>\n")
        writer.tags(tags)
        for record in records { writer.record(record) }
        writer.raw("</repomd>\n")
        return writer.bytes
    }
}

extension XMLWriter {
    fileprivate mutating func tags(_ tags: RepomdDocument.Tags) {
        if tags.isEmpty { return }
        raw("  <tags>\n")
        for text in tags.content { tag("content", text) }
        for text in tags.repositories { tag("repo", text) }
        for distribution in tags.distributions {
            tag("distro", distribution.name, cpeID: distribution.cpeID)
        }
        raw("  </tags>\n")
    }

    private mutating func tag(_ name: StaticString, _ value: String, cpeID: String? = nil) {
        raw("    <")
        raw(name)
        if let cpeID { attribute("cpeid", Array(cpeID.utf8)) }
        raw(">")
        text(Array(value.utf8))
        raw("</")
        raw(name)
        raw(">\n")
    }

    fileprivate mutating func record(_ record: RepomdDocument.Record) {
        raw("  <data")
        attribute("type", Array(record.type.utf8))
        raw(">\n")
        checksum("checksum", record.digest)
        if let digest = record.openDigest { checksum("open-checksum", digest) }
        raw("    <location")
        attribute("href", Array(record.location.utf8))
        raw("/>\n")
        count("timestamp", record.timestamp)
        count("size", record.size)
        if let size = record.openSize { count("open-size", size) }
        raw("  </data>\n")
    }

    private mutating func checksum(_ name: StaticString, _ digest: Digest) {
        raw("    <")
        raw(name)
        attribute("type", Array(digest.algorithm.rawValue.utf8))
        raw(">")
        raw(Array(digest.hex.utf8))
        raw("</")
        raw(name)
        raw(">\n")
    }

    private mutating func count(_ name: StaticString, _ value: Int64) {
        raw("    <")
        raw(name)
        raw(">")
        number(value)
        raw("</")
        raw(name)
        raw(">\n")
    }
}
