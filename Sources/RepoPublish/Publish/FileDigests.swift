internal import Digests
internal import Glibc

/// Both digests of a file that publishing needs, from one reading.
struct FileDigests: Sendable {
    static let blockSize = 256 << 10

    let digest: Digest
    let sha256: String
    /// As an entity tag, with quotes.
    let entityTag: String
    /// Bytes.
    let size: Int64

    static func read(_ path: String, _ algorithm: DigestAlgorithm) throws -> FileDigests {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw PublishError.unreadable(path: path, reason: "errno \(errno)")
        }
        defer { close(descriptor) }
        var hasher = StreamHasher(algorithm)
        var second: StreamHasher? = algorithm == .sha256 ? nil : StreamHasher(.sha256)
        var md5 = StreamHasher(.md5)
        var size: Int64 = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: blockSize, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, blockSize)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw PublishError.unreadable(path: path, reason: "errno \(errno)")
            }
            if count == 0 { break }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hasher.update(piece)
            second?.update(piece)
            md5.update(piece)
            size += Int64(count)
        }
        let digest = hasher.finish()
        return FileDigests(
            digest: digest, sha256: second?.finish().hex ?? digest.hex,
            entityTag: "\"\(md5.finish().hex)\"", size: size)
    }
}
