public import Digests
internal import Glibc
public import Transfer

/// A repository behind `http`, `https` or `file`.
public struct WebTransport: RepositoryTransport {
    static let maximumRedirects = 5
    /// libcurl's CURLE_FILE_COULDNT_READ_FILE: how it says that a `file:` URL is not there.
    private static let noSuchFile = 37

    let url: String
    let client: TransferClient
    let retry: RetryPolicy
    let pace: TransferPace

    public init(
        url: String, client: TransferClient, retry: RetryPolicy = .standard,
        pace: TransferPace = TransferPace()
    ) {
        self.url = url
        self.client = client
        self.retry = retry
        self.pace = pace
    }

    public func fetch(_ path: String, limit: Int) async throws -> [UInt8] {
        var limits = pace.limits(.call)
        limits.maximumBody = Int64(limit)
        let limit = limits
        return try await explaining(path, limit: limits.maximumBody) {
            let response = try await client.send(retry: retry, limits: limit) { _ in request(path) }
            guard response.isSuccess else {
                throw TransferError(
                    .status(response.status), method: "GET", url: location(path),
                    attempts: response.attempts)
            }
            return response.body
        }
    }

    public func download(
        _ path: String, to destination: String, digest: Digest, size: Int64?
    ) async throws -> Int64 {
        var limits = pace.limits(.file)
        if let size { limits.maximumBody = size }
        let limit = limits
        return try await explaining(path, limit: limits.maximumBody, expected: digest) {
            try await client.download(
                to: destination, expected: digest, retry: retry, limits: limit,
                arrival: .cached
            ) { _ in request(path) }.size
        }
    }

    private func request(_ path: String) -> HTTPRequest {
        HTTPRequest("GET", location(path), maximumRedirects: Self.maximumRedirects)
    }

    private func location(_ path: String) -> String {
        path.isEmpty ? url : RepositoryPath.join(url, RepositoryPath.escape(path))
    }

    private func explaining<Result>(
        _ path: String, limit: Int64, expected: Digest? = nil,
        _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let error as TransferError {
            switch error.kind {
            case .status(404), .status(410), .other(Self.noSuchFile):
                throw TransportError.missing(url: error.url)
            default:
                throw TransportError(error, limit: limit, expected: expected)
            }
        }
    }
}

/// How slow a transfer may be.
public struct TransferPace: Sendable, Hashable {
    var stallSeconds: Int64 = 30
    /// Bytes a second.
    var minimumRate: Int64 = 1000

    public init() {}

    init(_ connection: RepositoryConnection) {
        stallSeconds = connection.stallSeconds
        minimumRate = connection.minimumRate
    }

    func limits(_ limits: TransferLimits) -> TransferLimits {
        var limits = limits
        limits.stall = .seconds(stallSeconds)
        limits.minimumRate = minimumRate
        return limits
    }
}

extension TransportError {
    /// What a transfer's failure means for a repository's file.
    init(_ error: TransferError, limit: Int64, expected: Digest?) {
        switch (error.kind, expected) {
        case (.digest(_, let found), let expected?):
            self = .wrongDigest(url: error.url, expected: expected, found: found)
        case (.bodyTooLarge, _):
            self = .tooLong(url: error.url, limit: limit)
        case (.localFile(let path, let code), _):
            self = .local(path: path, reason: String(cString: strerror(code)))
        default:
            self = .unreachable(reason: "\(error)")
        }
    }
}
