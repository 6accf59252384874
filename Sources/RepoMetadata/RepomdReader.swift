public import Digests

/// What a repository's `repomd.xml` says about its other metadata files.
public struct RepomdIndex: Sendable, Hashable {
    /// One metadata file.
    public struct Record: Sendable, Hashable {
        /// `primary`, `filelists`, `other`, …
        public let type: String
        /// The path below the repository's URL.
        public let location: String
        /// Of the file as it is stored.
        public let digest: Digest
        /// Of the file's content after decompression, where it differs.
        public let openDigest: Digest?
        /// Bytes as stored and after decompression; nil where they are not said.
        public let size: Int64?
        public let openSize: Int64?
        /// Seconds since 1970; nil where it is not said, or no whole number.
        public let timestamp: Int64?
    }

    /// More records are refused.
    public static let maximumRecords = 64

    public let revision: String
    public let tags: RepomdDocument.Tags
    public let records: [Record]

    public func record(_ type: String) -> Record? { records.first { $0.type == type } }

    /// Reads `repomd.xml` (the format of createrepo_c's xml_dump_repomd.c). Records of unknown
    /// types are kept; one without a location or a checksum that can be checked is an error. MD5
    /// and SHA-1 are no protection: a checksum of theirs does not count as one, except for who
    /// works on the repository itself (`acceptsWeak`).
    public init(reading bytes: [UInt8], acceptsWeak: Bool = false) throws(RepomdError) {
        var reader = RepomdReader(acceptsWeak: acceptsWeak)
        do {
            var events = XMLEvents(bytes)
            while let event = try events.next() { try reader.take(event) }
        } catch let error as XMLError {
            throw .malformed("no XML at byte \(error.offset)")
        } catch let error as RepomdError {
            throw error
        } catch {
            throw .malformed("\(error)")
        }
        guard reader.hasRoot, reader.isComplete else {
            throw .malformed("no whole 'repomd' element")
        }
        revision = reader.revision
        tags = reader.tags
        records = reader.records
    }
}

/// Why a `repomd.xml` cannot be used.
public enum RepomdError: Error, Sendable, Hashable {
    case malformed(String)
    case incomplete(type: String, missing: String)
    case tooManyRecords(limit: Int)
}

extension RepomdError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let reason): "it is malformed: \(reason)"
        case .incomplete(let type, let missing): "its record '\(type)' has no usable \(missing)"
        case .tooManyRecords(let limit): "it has more than \(limit) records"
        }
    }
}

/// Builds records out of events.
private struct RepomdReader {
    private let acceptsWeak: Bool
    private(set) var revision = ""
    private(set) var tags = RepomdDocument.Tags()
    private(set) var records: [RepomdIndex.Record] = []
    private(set) var hasRoot = false
    private(set) var isComplete = false
    private var current: Fields?
    private var text = ""
    private var algorithm: DigestAlgorithm?
    private var cpeID: String?

    private struct Fields {
        let type: String
        var location: String?
        var digest: Digest?
        var openDigest: Digest?
        var size: Int64?
        var openSize: Int64?
        var timestamp: Int64?
    }

    init(acceptsWeak: Bool) { self.acceptsWeak = acceptsWeak }

    mutating func take(_ event: XMLEvents.Event) throws(RepomdError) {
        switch event {
        case .start(let name, let attributes): start(name, attributes)
        case .text(let part): text += part
        case .end(let name): try end(name)
        }
    }

    private mutating func start(_ name: String, _ attributes: [String: String]) {
        text = ""
        switch name {
        case "repomd": hasRoot = true
        case "data": current = Fields(type: attributes["type"] ?? "")
        case "location": current?.location = attributes["href"]
        case "checksum", "open-checksum": algorithm = attributes["type"].flatMap(usable)
        case "distro": cpeID = attributes["cpeid"]
        default: break
        }
    }

    private mutating func end(_ name: String) throws(RepomdError) {
        let value = text.filter { !$0.isWhitespace }
        let whole = text
        text = ""
        switch name {
        case "repomd": isComplete = true
        case "revision": revision = value
        case "checksum": current?.digest = algorithm.flatMap { Digest($0, hex: value) }
        case "open-checksum": current?.openDigest = algorithm.flatMap { Digest($0, hex: value) }
        case "size": current?.size = Int64(value)
        case "open-size": current?.openSize = Int64(value)
        case "timestamp": current?.timestamp = Int64(value)
        case "content": tags.content.append(whole)
        case "repo": tags.repositories.append(whole)
        case "distro": tags.distributions.append(.init(cpeID: cpeID, name: whole))
        case "data": try finish()
        default: break
        }
    }

    private mutating func finish() throws(RepomdError) {
        guard let fields = current else { return }
        current = nil
        guard records.count < RepomdIndex.maximumRecords else {
            throw .tooManyRecords(limit: RepomdIndex.maximumRecords)
        }
        guard let location = fields.location else {
            throw .incomplete(type: fields.type, missing: "location")
        }
        guard let digest = fields.digest else {
            throw .incomplete(type: fields.type, missing: "checksum")
        }
        records.append(
            RepomdIndex.Record(
                type: fields.type, location: location, digest: digest,
                openDigest: fields.openDigest, size: fields.size, openSize: fields.openSize,
                timestamp: fields.timestamp))
    }

    private func usable(_ name: String) -> DigestAlgorithm? {
        DigestAlgorithm(rawValue: name).flatMap { $0.isWeak && !acceptsWeak ? nil : $0 }
    }
}
