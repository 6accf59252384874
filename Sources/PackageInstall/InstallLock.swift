internal import Glibc

/// Keeps two installations apart that would work in the same root. The kernel gives it up with the
/// process, however that ends.
struct InstallLock: ~Copyable {
    private static let interval: Duration = .milliseconds(200)
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    /// Closing alone would leave it locked as long as a child process that was just forked has the
    /// descriptor too.
    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    static func acquire(
        _ path: String, deadline: Duration, clock: any Clock<Duration>
    ) async throws -> InstallLock {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw InstallError.localFile(path: path, reason: String(cString: strerror(errno)))
        }
        let lock = InstallLock(descriptor: descriptor)
        var waited: Duration = .zero
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard waited < deadline else {
                throw InstallError.locked(path: path, seconds: deadline.components.seconds)
            }
            try await clock.sleep(for: interval)
            waited += interval
        }
        return lock
    }
}
