internal import CLinux
internal import Glibc

/// A lock that the kernel lets go of when its holder ends, however it ends (flock(2)).
public struct FileLock: ~Copyable, Sendable {
    private let handle: FileHandle

    private init(_ handle: consuming FileHandle) { self.handle = handle }

    /// Nil if another process holds it.
    public static func take(_ path: String, in files: Files) throws(FileError) -> FileLock? {
        let full = try files.resolve(path)
        let handle = try FileHandle.open(full, O_RDWR | O_CREAT, mode: 0o600, for: "lock")
        guard flock(handle.descriptor, LOCK_EX | LOCK_NB) != 0 else { return FileLock(handle) }
        if errno == EWOULDBLOCK { return nil }
        throw FileError("lock", full, code: errno)
    }
}
