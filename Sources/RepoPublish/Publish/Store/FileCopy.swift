internal import Digests
internal import Glibc
internal import Host

/// Writes files that are on the disk when it returns, hashing what goes by.
enum FileCopy {
    static let blockSize = 256 << 10

    /// `target` must not exist.
    static func run(
        from source: String, to target: String, _ algorithm: DigestAlgorithm
    ) throws -> FetchedFile {
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw FileError("read", source, code: errno) }
        defer { close(input) }
        let output = try create(target)
        defer { close(output) }
        var hasher = StreamHasher(algorithm)
        var size: Int64 = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: blockSize, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = read(input, buffer.baseAddress, blockSize)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", source, code: errno) }
            if count == 0 { break }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hasher.update(piece)
            try writeAll(piece, output, target)
            size += Int64(count)
        }
        guard fsync(output) == 0 else { throw FileError("fsync", target, code: errno) }
        return FetchedFile(digest: hasher.finish(), size: size)
    }

    /// `target` must not exist.
    static func write(_ bytes: [UInt8], to target: String) throws {
        let output = try create(target)
        defer { close(output) }
        try bytes.withUnsafeBytes { try writeAll($0, output, target) }
        guard fsync(output) == 0 else { throw FileError("fsync", target, code: errno) }
    }

    /// Makes a new name in a folder last.
    static func syncFolder(of path: String) throws {
        let end = path.lastIndex(of: "/") ?? path.startIndex
        let folder = end == path.startIndex ? "/" : String(path[..<end])
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("fsync", folder, code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError("fsync", folder, code: errno) }
    }

    private static func create(_ target: String) throws -> Int32 {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = open(target, flags, 0o644)
        guard descriptor >= 0 else { throw FileError("write", target, code: errno) }
        // Who clears away what killed writers left takes only what nobody has locked.
        _ = flock(descriptor, LOCK_EX | LOCK_NB)
        return descriptor
    }

    private static func writeAll(
        _ bytes: UnsafeRawBufferPointer, _ output: Int32, _ target: String
    ) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(output, rest.baseAddress, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("write", target, code: errno) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}
