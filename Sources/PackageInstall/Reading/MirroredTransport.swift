internal import Digests
internal import Synchronization

/// A repository at several places: what one does not give, or not rightly, the next is asked for.
struct MirroredTransport: RepositoryTransport {
    /// A repository with more places than that is asked at the first ones.
    static let maximumMirrors = 32
    /// A file that came with another checksum may have been changed on its way.
    static let rounds = 2

    private final class Choice: Sendable {
        let place = Mutex(0)
    }

    let mirrors: [any RepositoryTransport]
    private let choice = Choice()

    init(_ mirrors: [any RepositoryTransport]) {
        self.mirrors = Array(mirrors.prefix(Self.maximumMirrors))
    }

    func fetch(_ path: String, limit: Int) async throws -> [UInt8] {
        try await inTurn { try await $0.fetch(path, limit: limit) }
    }

    func download(
        _ path: String, to destination: String, digest: Digest, size: Int64?
    ) async throws -> Int64 {
        try await inTurn {
            try await $0.download(path, to: destination, digest: digest, size: size)
        }
    }

    /// The one that answered last is asked first.
    private func inTurn<Value>(
        _ body: (any RepositoryTransport) async throws -> Value
    ) async throws -> Value {
        let first = choice.place.withLock { $0 }
        var failure: any Error = TransportError.unreachable(reason: "there is no mirror")
        for round in 0..<Self.rounds {
            for offset in mirrors.indices {
                let place = (first + offset) % mirrors.count
                do {
                    let value = try await body(mirrors[place])
                    choice.place.withLock { $0 = place }
                    return value
                } catch {
                    guard !Task.isCancelled, Self.isOfItsPlace(error) else { throw error }
                    failure = error
                }
            }
            if round == 0, !Self.mayPass(failure) { break }
        }
        throw failure
    }

    /// Whether another place may do better.
    private static func isOfItsPlace(_ error: any Error) -> Bool {
        if case TransportError.local = error { return false }
        return true
    }

    private static func mayPass(_ error: any Error) -> Bool {
        switch error {
        case TransportError.wrongDigest, TransportError.wrongSize, TransportError.tooLong: true
        default: false
        }
    }
}

/// A list of mirrors, one URL a line (librepo's `mirrorlist.c`).
enum MirrorList {
    static let maximumBytes = 1 << 20

    static func urls(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map(\.trimmedBlanks)
            .filter { !$0.hasPrefix("#") && ($0.contains("://")) }
            .prefix(MirroredTransport.maximumMirrors).map(String.init)
    }
}
