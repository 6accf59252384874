internal import Digests

/// A transport that is made when it is first used: what the cache has needs none.
actor LazyTransport: RepositoryTransport {
    private let make: @Sendable () async throws -> any RepositoryTransport
    private var made: Task<any RepositoryTransport, any Error>?

    init(_ make: @escaping @Sendable () async throws -> any RepositoryTransport) {
        self.make = make
    }

    func fetch(_ path: String, limit: Int) async throws -> [UInt8] {
        try await transport().fetch(path, limit: limit)
    }

    func download(
        _ path: String, to destination: String, digest: Digest, size: Int64?
    ) async throws -> Int64 {
        try await transport().download(path, to: destination, digest: digest, size: size)
    }

    private func transport() async throws -> any RepositoryTransport {
        if let made { return try await made.value }
        let make = make
        let task = Task { try await make() }
        made = task
        return try await task.value
    }
}
