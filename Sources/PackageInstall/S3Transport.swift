public import AWS
public import Digests
internal import Transfer

/// A repository in S3, read with signed requests.
public struct S3Transport: RepositoryTransport {
    let base: S3Location
    let client: S3Client

    public init(base: S3Location, client: S3Client) {
        self.base = base
        self.client = client
    }

    public func fetch(_ path: String, limit: Int) async throws -> [UInt8] {
        var limits = TransferLimits.call
        limits.maximumBody = Int64(limit)
        let limit = limits
        return try await explaining(path, limit: limits.maximumBody) {
            try await client.get(base.appending(path), limits: limit).bytes
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
                base.appending(path), to: destination, expected: digest, limits: limit
            ).size
        }
    }

    private func explaining<Result>(
        _ path: String, limit: Int64, expected: Digest? = nil,
        _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let error as ServiceError where error.isNotFound && error.code != "NoSuchBucket" {
            throw TransportError.missing(url: "\(base.appending(path))")
        } catch let error as TransferError {
            throw TransportError(error, limit: limit, expected: expected)
        }
    }
}
