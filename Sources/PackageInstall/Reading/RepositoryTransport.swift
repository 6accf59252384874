public import Digests

/// Brings files of one repository here. Paths are relative to the repository's URL and not escaped.
public protocol RepositoryTransport: Sendable {
    /// A small file as a whole; throws ``TransportError`` if it is longer than `limit` bytes. The
    /// empty path is the URL itself.
    func fetch(_ path: String, limit: Int) async throws -> [UInt8]

    /// Streams a file to `destination` and checks digest and size (where it is known) on the way.
    /// Afterwards the file is there whole and right, or not at all. Returns the number of bytes.
    func download(
        _ path: String, to destination: String, digest: Digest, size: Int64?
    ) async throws -> Int64
}

/// Why a file of a repository did not come.
public enum TransportError: Error, Sendable, Hashable {
    case missing(url: String)
    /// The reason names the URL.
    case unreachable(reason: String)
    case tooLong(url: String, limit: Int64)
    /// It came, and there was no place for it.
    case local(path: String, reason: String)
    case wrongSize(url: String, expected: Int64, found: Int64)
    case wrongDigest(url: String, expected: Digest, found: String)
}

extension TransportError {
    /// Whether it could be that an index was read before the repository was published anew.
    var mayMeanRepublished: Bool {
        switch self {
        case .missing, .wrongDigest, .wrongSize, .tooLong: true
        case .unreachable, .local: false
        }
    }
}

extension TransportError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let url):
            "'\(url)' is not in the repository; publish it again"
        case .unreachable(let reason):
            "\(reason); run again when it can be reached"
        case .tooLong(let url, let limit):
            "'\(url)' is longer than \(limit) bytes; publish the repository again"
        case .local(let path, let reason):
            "'\(path)' cannot be written: \(reason); make room there and run again"
        case .wrongSize(let url, let expected, let found):
            "'\(url)' has \(found) bytes where \(expected) were expected; publish it again"
        case .wrongDigest(let url, let expected, let found):
            "'\(url)' has the wrong checksum: expected \(expected), found \(found); "
                + "publish it again"
        }
    }
}
