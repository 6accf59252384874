public import Digests
public import Transfer

/// A repository behind `http`, `https` or `file`.
public struct WebTransport: RepositoryTransport {
    static let maximumRedirects = 5
    /// libcurl's CURLE_FILE_COULDNT_READ_FILE: how it says that a `file:` URL is not there.
    private static let noSuchFile = 37

    let url: String
    let client: TransferClient
    let retry: RetryPolicy

    public init(url: String, client: TransferClient, retry: RetryPolicy = .standard) {
        self.url = url
        self.client = client
        self.retry = retry
    }

    public func fetch(_ path: String, limit: Int) async throws -> [UInt8] {
        var limits = TransferLimits.call
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
        var limits = TransferLimits.file
        if let size { limits.maximumBody = size }
        let limit = limits
        return try await explaining(path, limit: limits.maximumBody, expected: digest) {
            try await client.download(
                to: destination, expected: digest, retry: retry, limits: limit
            ) { _ in request(path) }.size
        }
    }

    private func request(_ path: String) -> HTTPRequest {
        HTTPRequest("GET", location(path), maximumRedirects: Self.maximumRedirects)
    }

    private func location(_ path: String) -> String {
        RepositoryPath.join(url, RepositoryPath.escape(path))
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

extension TransportError {
    /// What a transfer's failure means for a repository's file.
    init(_ error: TransferError, limit: Int64, expected: Digest?) {
        switch (error.kind, expected) {
        case (.digest(_, let found), let expected?):
            self = .wrongDigest(url: error.url, expected: expected, found: found)
        case (.bodyTooLarge, _):
            self = .tooLong(url: error.url, limit: limit)
        default:
            self = .unreachable(reason: "\(error)")
        }
    }
}
