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

    /// In the database's folder from before its first transaction until all of that is on the disk.
    /// What a power cut leaves in between was made from nothing, and may be half of a database.
    static let unfinished = "howdah-unfinished"

    /// Removes a database whose first transaction was cut off, so that it is made anew. One that
    /// was there before us is never removed.
    ///
    /// Returns whether there was such a database.
    public static func removeUnfinished(root: String) throws(TransactionError) -> Bool {
        let folder = root + path(root: root)
        guard access(folder + "/" + unfinished, F_OK) == 0 else { return false }
        for name in files {
            guard unlink(folder + "/" + name) == 0 || errno == ENOENT else {
                throw .root(path: folder + "/" + name)
            }
        }
        return true
    }

    /// Of a database in SQLite, with what librpm keeps beside it.
    private static let files = [
        "rpmdb.sqlite", "rpmdb.sqlite-shm", "rpmdb.sqlite-wal", ".rpm.lock",
    ]

    /// Says on the disk that a first transaction begins; nothing where there is a database.
    static func beginFirst(root: String) throws(TransactionError) {
        guard !exists(root: root) else { return }
        let folder = root + path(root: root)
        var current = root
        for part in path(root: root).split(separator: "/") {
            current += "/" + part
            guard mkdir(current, 0o755) == 0 || errno == EEXIST else { throw .root(path: current) }
        }
        let file = open(folder + "/" + unfinished, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .root(path: folder) }
        close(file)
        try DiskSync.sync(folder)
    }

    /// The packages are on the disk: only then is a first transaction no longer unfinished.
    static func finish(root: String) throws(TransactionError) {
        let folder = root + path(root: root)
        guard unlink(folder + "/" + unfinished) == 0 || errno == ENOENT else {
            throw .root(path: folder)
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
