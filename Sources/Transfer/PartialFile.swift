internal import Glibc

/// The file beside its final name into which a download goes until it is whole.
///
/// Its name is fixed, so that what a power cut left behind is used up by the next run, and it is
/// locked, so that two runs never write into each other.
final class PartialFile {
    private let descriptor: Int32
    private let path: String
    private let target: String

    private init(descriptor: Int32, path: String, target: String) {
        self.descriptor = descriptor
        self.path = path
        self.target = target
    }

    deinit { close(descriptor) }

    static func open(for target: String) -> Result<PartialFile, SystemFailure> {
        let path = target + ".part"
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { return .failure(SystemFailure(path: path, code: errno)) }
        let file = PartialFile(descriptor: descriptor, path: path, target: target)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, ftruncate(descriptor, 0) == 0 else {
            return .failure(SystemFailure(path: path, code: errno))
        }
        return .success(file)
    }

    func append(_ bytes: UnsafeRawBufferPointer) -> TransferError.Kind? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let slice = UnsafeRawBufferPointer(rebasing: rest)
            let written = write(descriptor, slice.baseAddress, slice.count)
            if written < 0 {
                if errno == EINTR { continue }
                return .localFile(path: path, errno: errno)
            }
            rest = rest.dropFirst(written)
        }
        return nil
    }

    func truncate() -> TransferError.Kind? {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            return .localFile(path: path, errno: errno)
        }
        return nil
    }

    /// Makes the bytes durable and gives the file its name; nil when that worked.
    func publish() -> SystemFailure? {
        guard fsync(descriptor) == 0, rename(path, target) == 0 else {
            return SystemFailure(path: target, code: errno)
        }
        let slash = target.lastIndex(of: "/")
        let folder = slash.map { $0 == target.startIndex ? "/" : String(target[..<$0]) } ?? "."
        let directory = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return SystemFailure(path: folder, code: errno) }
        defer { close(directory) }
        return fsync(directory) == 0 ? nil : SystemFailure(path: folder, code: errno)
    }

    func discard() { unlink(path) }
}

/// A system call on a file that failed.
struct SystemFailure: Error {
    var path: String
    var code: Int32
}
