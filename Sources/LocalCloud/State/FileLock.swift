internal import Glibc

/// An flock(2) on a file, given back when the value ends, and by the system if we are killed.
struct FileLock: ~Copyable {
    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Nil if someone else has it.
    static func attempt(_ path: String) throws(LabError) -> FileLock? {
        let descriptor = try open(path)
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return FileLock(descriptor: descriptor) }
        let code = errno
        close(descriptor)
        if code == EWOULDBLOCK { return nil }
        throw LabError("cannot lock '\(path)': error \(code)")
    }

    /// Waits for it: only for what is held for moments.
    static func wait(_ path: String) throws(LabError) -> FileLock {
        let descriptor = try open(path)
        while flock(descriptor, LOCK_EX) != 0 {
            let code = errno
            if code == EINTR { continue }
            close(descriptor)
            throw LabError("cannot lock '\(path)': error \(code)")
        }
        return FileLock(descriptor: descriptor)
    }

    private static func open(_ path: String) throws(LabError) -> Int32 {
        let descriptor = creat(path)
        guard descriptor >= 0 else {
            throw LabError("cannot open the lock '\(path)': error \(errno)")
        }
        return descriptor
    }

    private static func creat(_ path: String) -> Int32 {
        Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    }
}
