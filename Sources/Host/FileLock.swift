internal import CLinux
internal import Glibc

/// A lock that the kernel lets go of when its holder ends, however it ends (flock(2)).
public struct FileLock: ~Copyable, Sendable {
    static let pause: UInt32 = 5000

    private let handle: FileHandle

    private init(_ handle: consuming FileHandle) { self.handle = handle }

    /// Closing alone would leave it to a child that another thread has forked and that has not
    /// come to its program yet: it has a copy of the descriptor until then.
    deinit { _ = flock(handle.descriptor, LOCK_UN) }

    /// Nil if another process holds it.
    public static func take(_ path: String, in files: Files) throws(FileError) -> FileLock? {
        try take(try open(path, files))
    }

    /// Waits for it, in this thread: only for what is held for moments.
    public static func take(
        _ path: String, in files: Files, within limit: Duration
    ) throws(FileError) -> FileLock {
        let end = ContinuousClock.now + limit
        while true {
            let handle = try open(path, files)
            let status = try handle.status()
            if let lock = try take(handle) { return lock }
            if ContinuousClock.now >= end {
                let locks = try? Files(root: "/proc").text("/locks")
                let holder = LockHolder.find(
                    in: locks ?? "", device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
                let name = holder.map { "process \($0)" } ?? "another process"
                throw FileError(
                    "lock", try files.resolve(path),
                    reason: "waited \(limit) for \(name), which holds it")
            }
            usleep(pause)
        }
    }

    private static func open(_ path: String, _ files: Files) throws(FileError) -> FileHandle {
        try FileHandle.open(try files.resolve(path), O_RDWR | O_CREAT, mode: 0o600, for: "lock")
    }

    private static func take(_ handle: consuming FileHandle) throws(FileError) -> FileLock? {
        while flock(handle.descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EWOULDBLOCK { return nil }
            if code != EINTR { throw FileError("lock", handle.path, code: code) }
        }
        return FileLock(handle)
    }
}

/// Who has a lock, by the system's list (`/proc/locks` of proc(5)).
enum LockHolder {
    /// Nil where the list does not say, such as for a holder in another process-id namespace.
    static func find(in locks: String, device: UInt64, inode: UInt64) -> Int32? {
        let major = hex(device >> 8 & 0xfff)
        let minor = hex(device & 0xff | device >> 12 & 0xfff00)
        for line in locks.split(whereSeparator: \.isNewline) {
            let fields = line.split(separator: " ")
            // A line with `->` is of one who waits.
            guard fields.count > 5, fields[1] == "FLOCK", fields[5] == "\(major):\(minor):\(inode)"
            else { continue }
            if let pid = Int32(fields[4]), pid > 0 { return pid }
        }
        return nil
    }

    private static func hex(_ number: UInt64) -> String {
        let text = String(number, radix: 16)
        return text.count < 2 ? "0" + text : text
    }
}
