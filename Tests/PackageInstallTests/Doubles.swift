import Digests
import PackageInstall
import Synchronization

/// The paths that were asked for.
final class RequestLog: Sendable {
    private let paths = Mutex<[String]>([])

    func add(_ path: String) { paths.withLock { $0.append(path) } }

    /// What was asked for since the last call.
    func take() -> [String] {
        paths.withLock { paths in
            defer { paths = [] }
            return paths
        }
    }
}

/// Passes everything on and keeps what was asked for.
struct CountingTransport: RepositoryTransport {
    let base: any RepositoryTransport
    let log: RequestLog

    func fetch(_ path: String, limit: Int) async throws -> [UInt8] {
        log.add(path)
        return try await base.fetch(path, limit: limit)
    }

    func download(
        _ path: String, to destination: String, digest: Digest, size: Int64?
    ) async throws -> Int64 {
        log.add(path)
        return try await base.download(path, to: destination, digest: digest, size: size)
    }
}

/// A clock on which pauses take no time; a deadline never passes, since nothing here may decide a
/// test by its speed.
struct ImmediateClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration = .zero
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    /// Sleeps that are longer are deadlines.
    static let longestPause: Duration = .seconds(60)

    var now: Instant { Instant() }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        if deadline.offset > Self.longestPause { try await Task.sleep(for: .seconds(86400)) }
        try Task.checkCancellation()
    }
}
