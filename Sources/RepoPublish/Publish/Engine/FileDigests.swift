internal import Digests
internal import Glibc

/// What publishing must know of a file's content, from one reading.
struct FileDigests: Sendable {
    static let blockSize = 256 << 10

    let digest: Digest
    /// In lower-case hexadecimal.
    let sha256: String
    /// Bytes.
    let size: Int64

    static func read(_ path: String, _ algorithm: DigestAlgorithm) throws -> FileDigests {
        var hasher = StreamHasher(algorithm)
        var second: StreamHasher? = algorithm == .sha256 ? nil : StreamHasher(.sha256)
        var size: Int64 = 0
        try forEachBlock(path) { block in
            hasher.update(block)
            second?.update(block)
            size += Int64(block.count)
        }
        let digest = hasher.finish()
        return FileDigests(
            digest: digest, sha256: second?.finish().hex ?? digest.hex, size: size)
    }

    /// In lower-case hexadecimal: S3's entity tag of what was sent in one piece.
    static func md5(_ path: String) throws -> String {
        var hasher = StreamHasher(.md5)
        try forEachBlock(path) { hasher.update($0) }
        return hasher.finish().hex
    }

    private static func forEachBlock(
        _ path: String, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw PublishError.unreadable(path: path, reason: "errno \(errno)")
        }
        defer { close(descriptor) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: blockSize, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, blockSize)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw PublishError.unreadable(path: path, reason: "errno \(errno)")
            }
            if count == 0 { return }
            body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
