public import Digests

/// Where a repository is: objects by path below one place. A place that can only be read throws
/// ``PublishError/readOnly(store:)`` where it should be written.
public protocol ObjectStore: Sendable {
    /// For messages, such as `s3://bucket/prefix/`.
    var name: String { get }

    /// All objects whose path begins with `prefix`, by path; nil where a place cannot be listed.
    func list(_ prefix: String) async throws -> [String: StoredObject]?

    /// What is known of an object without reading it; nil if there is none.
    func head(_ path: String) async throws -> StoredObject?

    /// An object of at most `limit` bytes, with its entity tag; nil if there is none.
    func read(_ path: String, limit: Int) async throws -> StoredBytes?

    /// Brings an object into a file that did not exist; nil if there is no object.
    func fetch(_ path: String, to file: String, _ algorithm: DigestAlgorithm) async throws
        -> FetchedFile?

    /// Removes an object. That there is none is no error.
    func delete(_ path: String) async throws

    /// Stores an object and returns its entity tag. Throws ``StoreConflict`` if the condition does
    /// not hold.
    func put(_ upload: Upload, _ condition: PutCondition?) async throws -> String

    /// Likewise; `progress` is told the bytes of each part, or of the whole, once it is stored.
    func put(
        _ upload: Upload, _ condition: PutCondition?, progress: @escaping @Sendable (Int64) -> Void
    ) async throws -> String

    /// Copies an object of another place without its content coming here. False if these two
    /// places cannot do that.
    func copy(_ path: String, from other: any ObjectStore) async throws -> Bool
}

extension ObjectStore {
    public func put(
        _ upload: Upload, _ condition: PutCondition?, progress: @escaping @Sendable (Int64) -> Void
    ) async throws -> String {
        let tag = try await put(upload, condition)
        progress(upload.size)
        return tag
    }
}

/// The content of an object and what a condition needs to replace it.
public struct StoredBytes: Sendable, Hashable {
    public var bytes: [UInt8]
    /// With its quotes.
    public var entityTag: String

    public init(bytes: [UInt8], entityTag: String) {
        self.bytes = bytes
        self.entityTag = entityTag
    }
}

/// An object that was read from start to end into a file.
public struct FetchedFile: Sendable, Hashable {
    public var digest: Digest
    /// Bytes.
    public var size: Int64

    public init(digest: Digest, size: Int64) {
        self.digest = digest
        self.size = size
    }
}

/// What a listing says of an object.
public struct StoredObject: Sendable, Hashable {
    /// Bytes.
    public var size: Int64
    /// With its quotes. For what was sent to S3 in one piece it is the MD5 of the content, unless
    /// the bucket encrypts with a key of KMS. Nil where only reading the object would tell.
    public var entityTag: String?
    /// When it was stored, in seconds since 1970; nil where that is not said.
    public var modified: Int64?

    public init(size: Int64, entityTag: String?, modified: Int64?) {
        self.size = size
        self.entityTag = entityTag
        self.modified = modified
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

    public init(
        path: String, content: Content, size: Int64, contentType: String, cacheControl: String?
    ) {
        self.path = path
        self.content = content
        self.size = size
        self.contentType = contentType
        self.cacheControl = cacheControl
    }
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
