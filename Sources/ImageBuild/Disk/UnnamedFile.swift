internal import CLinux
internal import Glibc
internal import Host

/// A file that has no name until it is finished: whatever ends its maker, nothing is left behind.
struct UnnamedFile: ~Copyable {
    private let descriptor: Int32
    private let directory: String

    private init(descriptor: Int32, directory: String) {
        self.descriptor = descriptor
        self.directory = directory
    }

    deinit { close(descriptor) }

    /// Makes a file of `size` bytes, all of them holes.
    static func make(in directory: String, size: Int64 = 0) throws -> UnnamedFile {
        let descriptor = howdah_open(directory, O_RDWR | HOWDAH_O_TMPFILE | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            let code = errno
            if code == EOPNOTSUPP {
                throw ImageError(
                    "the file system of '\(directory)' has no unnamed files (O_TMPFILE); write to "
                        + "one that has, such as ext4, xfs, btrfs or tmpfs")
            }
            throw FileError("make a file in", directory, code: code)
        }
        let file = UnnamedFile(descriptor: descriptor, directory: directory)
        guard ftruncate(descriptor, Int(size)) == 0 else {
            throw FileError("set the size of a file in", directory, code: errno)
        }
        return file
    }

    /// How this program's children open it.
    var path: String { "/proc/\(getpid())/fd/\(descriptor)" }

    func write(_ bytes: [UInt8], at offset: Int64 = 0) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                let rest = UnsafeRawBufferPointer(rebasing: $0[done...])
                return pwrite(descriptor, rest.baseAddress, rest.count, Int(offset) + done)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("write a file in", directory, code: errno)
            }
            done += count
        }
    }

    /// Bytes that it takes on the disk beneath it.
    func allocatedBytes() throws(FileError) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw FileError("look at a file in", directory, code: errno)
        }
        return Int64(status.st_blocks) * 512
    }

    /// Gives it its name, durably; what had the name before is replaced whole.
    func publish(as name: String) throws(FileError) {
        let (file, final) = (path, directory + "/" + name)
        guard fsync(descriptor) == 0 else { throw FileError("fsync", final, code: errno) }
        let temporary = "\(directory)/.\(name).howdah-\(getpid())"
        guard linkat(AT_FDCWD, file, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) == 0 else {
            throw FileError("link", temporary, code: errno)
        }
        guard rename(temporary, final) == 0 else {
            let code = errno
            unlink(temporary)
            throw FileError("replace", final, code: code)
        }
        let folder = howdah_open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard folder >= 0 else { throw FileError("fsync", directory, code: errno) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw FileError("fsync", directory, code: errno) }
    }
}
