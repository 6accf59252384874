internal import Digests
internal import Transfer

/// An object that was fetched into memory.
public struct S3Object: Sendable, Equatable {
    public var bytes: [UInt8]
    public var metadata: S3Metadata
}

/// What S3 says of an object in its headers.
public struct S3Metadata: Sendable, Equatable {
    /// With its quotes.
    public var entityTag: String?
    /// Bytes.
    public var size: Int64?
    public var contentType: String?
    public var cacheControl: String?

    init(_ response: HTTPResponse) {
        entityTag = response.headers["etag"]
        size = response.headers["content-length"].flatMap { Int64($0) }
        contentType = response.headers["content-type"]
        cacheControl = response.headers["cache-control"]
    }
}

/// What is to be stored.
public enum S3Content: Sendable {
    case bytes([UInt8])
    /// Streamed from a file, whose SHA-256 the caller knows.
    case file(path: String, sha256: String)

    /// Bytes.
    var size: Int64 {
        get throws(UploadFileError) {
            switch self {
            case .bytes(let bytes): Int64(bytes.count)
            case .file(let path, _): try UploadFile(path).size
            }
        }
    }

    var prepared: (HTTPRequest.Body, String) {
        switch self {
        case .bytes(let bytes): (.bytes(bytes), Digest.of(bytes).hex)
        case .file(let path, let sha256): (.file(path: path, range: nil), sha256)
        }
    }
}

/// When an object may be stored.
public enum S3Condition: Sendable, Equatable {
    /// `If-None-Match: *`: only if there is none yet.
    case absent
    /// `If-Match`: only in place of what has this entity tag.
    case matches(String)
}
