public import AWS
public import Digests
public import Transfer

/// A repository in S3, read with signed requests.
public struct S3Transport: RepositoryTransport {
    let base: S3Location
    let client: S3Client
    let retry: RetryPolicy
    let pace: TransferPace

    public init(
        base: S3Location, client: S3Client, retry: RetryPolicy = .standard,
        pace: TransferPace = TransferPace()
    ) {
        self.base = base
        self.client = client
        self.retry = retry
        self.pace = pace
    }

    public func fetch(_ path: String, limit: Int) async throws -> [UInt8] {
        var limits = pace.limits(.call)
        limits.maximumBody = Int64(limit)
        let limit = limits
        return try await explaining(path, limit: limits.maximumBody) {
            try await client.get(location(path), retry: retry, limits: limit).bytes
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
                location(path), to: destination, expected: digest, retry: retry, limits: limit,
                arrival: .cached
            ).size
        }
    }

    private func location(_ path: String) -> S3Location {
        path.isEmpty ? base : base.appending(path)
    }

    private func explaining<Result>(
        _ path: String, limit: Int64, expected: Digest? = nil,
        _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let error as ServiceError where error.isNotFound && error.code != "NoSuchBucket" {
            throw TransportError.missing(url: "\(location(path))")
        } catch let error as TransferError {
            throw TransportError(error, limit: limit, expected: expected)
        }
    }
}
