internal import Digests
internal import FoundationEssentials

/// What a publisher tells of one state of a repository, beside a copy of its `repomd.xml`.
public struct HistoryRecord: Sendable, Codable, Hashable {
    /// Names that are told of what came and of what went, each.
    public static let maximumNames = 1000

    /// `<revision>-<first 16 hexadecimal digits of repomd.xml's SHA-256>`.
    public var key: String
    public var revision: String
    /// The key of the state that this one was made of; nil for the first one. In a record of a
    /// rollback, the state that was left.
    public var parent: String?
    /// Seconds since 1970.
    public var time: Int64
    /// User and host.
    public var who: String
    public var verb: String
    /// NEVRAs, not more than ``maximumNames``.
    public var added: [String]
    public var removed: [String]
    public var addedCount: Int
    public var removedCount: Int
    /// How many packages the state has; nil where the publisher did not count them.
    public var packages: Int?

    init(
        key: HistoryKey, parent: HistoryKey?, time: Int64, who: String, verb: String,
        added: [String] = [], removed: [String] = [], packages: Int? = nil
    ) {
        self.key = key.text
        revision = key.revision
        self.parent = parent?.text
        self.time = time
        self.who = who
        self.verb = verb
        self.added = Array(added.prefix(Self.maximumNames))
        self.removed = Array(removed.prefix(Self.maximumNames))
        addedCount = added.count
        removedCount = removed.count
        self.packages = packages
    }

    var bytes: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
        }
    }

    /// Nil if it is none of ours.
    static func reading(_ bytes: [UInt8]) -> HistoryRecord? {
        try? JSONDecoder().decode(HistoryRecord.self, from: Data(bytes))
    }
}

/// The name of one state.
struct HistoryKey: Sendable, Hashable {
    static let folder = "repodata/history/"
    static let maximumRevision = 64

    let text: String
    let revision: String

    /// Of the state that a `repomd.xml` names.
    init(repomd: [UInt8], revision: String) {
        let allowed = revision.prefix(Self.maximumRevision).map { character in
            character.isASCII && (character.isLetter || character.isNumber || character == ".")
                ? character : "_"
        }
        self.revision = revision
        text = "\(String(allowed))-\(Digest.of(repomd).hex.prefix(16))"
    }

    static func repomdPath(_ key: String) -> String { folder + key + ".repomd.xml" }
    static func signaturePath(_ key: String) -> String { folder + key + ".repomd.xml.asc" }
    static func recordPath(_ key: String) -> String { folder + key + ".json" }

    /// A rollback leaves a record of its own, since the state that it goes back to has one already.
    static func rollbackPath(_ key: String, time: Int64) -> String {
        folder + "\(time)-\(key).rollback.json"
    }
}
