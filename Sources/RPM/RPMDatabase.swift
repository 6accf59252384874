internal import CRPM
internal import Glibc

/// Where a root keeps its database of installed packages.
public enum RPMDatabase {
    /// Fedora's place is used where a database is there already, the traditional one otherwise:
    /// Debian's default, below the caller's home, is nobody's idea of a system database.
    public static func path(root: String) -> String {
        let modern = "/usr/lib/sysimage/rpm"
        return access(root + modern + "/rpmdb.sqlite", F_OK) == 0 ? modern : "/var/lib/rpm"
    }

    /// Whether there is a database in the root at all.
    public static func exists(root: String) -> Bool {
        let folder = root + path(root: root)
        return ["rpmdb.sqlite", "Packages.db", "Packages"].contains {
            access(folder + "/" + $0, F_OK) == 0
        }
    }

    /// Makes librpm, and libsolv which uses it, look where ``path(root:)`` says while `body` runs.
    /// To be called inside ``RPMLibrary/run(_:)`` alone.
    public static func withPath<Result>(root: String, _ body: () throws -> Result) rethrows
        -> Result
    {
        pushPath(root: root)
        defer { popPath() }
        return try body()
    }

    static func pushPath(root: String) {
        rpmPushMacro(nil, "_dbpath", nil, path(root: root), RMIL_CMDLINE)
    }

    static func popPath() { rpmPopMacro(nil, "_dbpath") }
}

/// librpm's own lock on the database, which it would wait for without end.
struct DatabaseLock {
    private static let interval: Duration = .milliseconds(200)
    private let path: String

    init(root: String) { path = root + RPMDatabase.path(root: root) + "/.rpm.lock" }

    func waitUntilFree(deadline: Duration, clock: any Clock<Duration>) async throws {
        var waited: Duration = .zero
        while isHeld {
            guard waited < deadline else {
                throw TransactionError.locked(path: path, seconds: deadline.components.seconds)
            }
            try await clock.sleep(for: Self.interval)
            waited += Self.interval
        }
    }

    private var isHeld: Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        return fcntl(descriptor, F_GETLK, &lock) == 0 && lock.l_type != Int16(F_UNLCK)
    }
}
