/// Where a repository is published: objects by path below one place.
public protocol ObjectStore: Sendable {
    /// For messages, such as `s3://bucket/prefix/`.
    var name: String { get }

    /// All objects by path.
    func list() async throws -> [String: StoredObject]

    /// An object that fits into memory, with its entity tag; nil if there is none.
    func read(_ path: String) async throws -> (bytes: [UInt8], entityTag: String)?

    /// SHA-256 of an object's content in lower-case hexadecimal, read from start to end; nil if
    /// there is no object.
    func sha256(_ path: String) async throws -> String?

    /// Removes an object.
    func delete(_ path: String) async throws

    /// Stores an object and returns its entity tag. Throws ``StoreConflict`` if the condition does
    /// not hold.
    func put(_ upload: Upload, _ condition: PutCondition?) async throws -> String
}

/// What a listing says of an object.
public struct StoredObject: Sendable, Hashable {
    /// Bytes.
    public var size: Int64
    /// With its quotes. For what was sent in one piece it is the MD5 of the content.
    public var entityTag: String

    public init(size: Int64, entityTag: String) {
        self.size = size
        self.entityTag = entityTag
    }
}

/// One object to be stored.
public struct Upload: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        case bytes([UInt8])
        /// `sha256` in lower-case hexadecimal.
        case file(path: String, sha256: String)
    }

    /// Below the repository's root, not encoded.
    public var path: String
    public var content: Content
    /// Bytes.
    public var size: Int64
    public var contentType: String
    public var cacheControl: String?
}

/// When an object may be stored.
public enum PutCondition: Sendable, Hashable {
    /// Only if there is none.
    case absent
    /// Only in place of what has this entity tag.
    case matches(String)
}

/// Somebody else stored the object in the meantime.
public struct StoreConflict: Error, Sendable, Hashable {
    public let path: String

    public init(path: String) {
        self.path = path
    }
}
