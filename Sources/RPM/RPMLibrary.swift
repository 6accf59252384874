internal import CRPM
internal import Glibc
internal import Synchronization

/// The one door to librpm, whose configuration, macros, log and change of root are the process's.
///
/// Work runs one piece at a time, each on a thread of its own that does not share its root
/// directory: librpm calls `chroot` for a transaction, and nothing else in the process may see it.
public enum RPMLibrary {
    private static let isConfigured = Mutex(false)

    /// Runs `body` when nobody else uses librpm. `body` may block.
    public static func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let job = Job {
                continuation.resume(with: Swift.Result { try exclusively(body) })
            }
            guard job.start() else {
                continuation.resume(throwing: RPMLibraryError.noThread)
                return
            }
        }
    }

    private static func exclusively<Result: Sendable>(
        _ body: () throws -> Result
    ) throws -> Result {
        try isConfigured.withLock { isConfigured in
            guard howdah_unshare_filesystem_view() == 0 else {
                throw RPMLibraryError.sharedRoot(errno: errno)
            }
            RPMLog.clear()
            if !isConfigured {
                try configure()
                isConfigured = true
            }
            return try body()
        }
    }

    private static func configure() throws {
        RPMLog.collect()
        guard rpmReadConfigFiles(nil, nil) == 0 else {
            throw RPMLibraryError.configuration(log: RPMLog.lines())
        }
    }
}

/// Why librpm could not be used at all.
public enum RPMLibraryError: Error, Sendable, Hashable {
    case noThread
    case sharedRoot(errno: Int32)
    case configuration(log: [String])
}

extension RPMLibraryError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noThread: "no thread could be started for librpm; the system is out of resources"
        case .sharedRoot(let code): "librpm's thread got no root of its own: errno \(code)"
        case .configuration(let log):
            "librpm could not read its configuration: \(log.joined(separator: "; "))"
        }
    }
}

/// A closure that a new thread runs.
private final class Job: Sendable {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func start() -> Bool {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            box.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}
