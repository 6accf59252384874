internal import CLinux
internal import Glibc

/// One open file descriptor, closed when its owner goes.
struct FileHandle: ~Copyable {
    let descriptor: Int32
    let path: String

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    static func open(
        _ path: String, _ flags: Int32, mode: UInt32 = 0, for operation: String
    ) throws(FileError) -> FileHandle {
        let descriptor = howdah_open(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileError(operation, path, code: errno) }
        return FileHandle(descriptor: descriptor, path: path)
    }

    func writeAll(_ bytes: ArraySlice<UInt8>) throws(FileError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                let rest = UnsafeRawBufferPointer(rebasing: $0[offset...])
                return write(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("write", path, code: errno)
            }
            offset += count
        }
    }

    /// All that is left to read; refuses what is longer than `limit` bytes.
    func readAll(limit: Int) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("read", path, code: errno)
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            if bytes.count > limit {
                throw FileError("read", path, reason: "longer than \(limit) bytes")
            }
        }
    }

    /// Exactly `count` bytes at `offset`.
    func readExactly(_ count: Int, at offset: UInt64) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes {
                let rest = UnsafeMutableRawBufferPointer(rebasing: $0[done...])
                return pread(descriptor, rest.baseAddress, rest.count, Int(offset) + done)
            }
            if got < 0 {
                if errno == EINTR { continue }
                throw FileError("read", path, code: errno)
            }
            if got == 0 {
                throw FileError("read", path, reason: "ends before byte \(Int(offset) + count)")
            }
            done += got
        }
        return bytes
    }

    func sync() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError("fsync", path, code: errno) }
    }

    func status() throws(FileError) -> stat {
        var result = stat()
        guard fstat(descriptor, &result) == 0 else { throw FileError("stat", path, code: errno) }
        return result
    }
}
