internal import Digests
internal import Glibc

/// Reads a package file from start to end, once, hashing all that goes by.
struct PackageStream: ~Copyable {
    static let blockSize = 256 << 10

    private let descriptor: Int32
    private let buffer: UnsafeMutableRawBufferPointer
    private var hasher: StreamHasher
    let path: String
    /// Bytes, and seconds since 1970, as the file had them when it was opened.
    let size: Int64
    let modified: Int64
    private(set) var offset: Int64 = 0

    static func open(
        _ path: String, _ algorithm: DigestAlgorithm
    ) throws(PackageFileError) -> PackageStream {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, code: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .malformed(path: path, what: "it is no regular file")
        }
        return PackageStream(path, descriptor, status, algorithm)
    }

    private init(_ path: String, _ descriptor: Int32, _ status: stat, _ algorithm: DigestAlgorithm)
    {
        self.path = path
        self.descriptor = descriptor
        size = Int64(status.st_size)
        modified = Int64(status.st_mtim.tv_sec)
        hasher = StreamHasher(algorithm)
        // Reads into the middle of a page are several times slower.
        buffer = .allocate(byteCount: Self.blockSize, alignment: 4096)
    }

    deinit {
        buffer.deallocate()
        close(descriptor)
    }

    /// The next `count` bytes.
    mutating func take(_ count: Int) throws(PackageFileError) -> [UInt8] {
        guard size - offset >= Int64(count) else { throw truncated(offset + Int64(count)) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let piece = try fill(min(count - bytes.count, Self.blockSize))
            if piece.isEmpty { throw truncated(offset + Int64(count - bytes.count)) }
            bytes.append(contentsOf: piece)
        }
        return bytes
    }

    /// Reads to the end, handing what comes to the hashers.
    mutating func drain(
        _ first: inout StreamHasher, _ second: inout StreamHasher?
    ) throws(PackageFileError) {
        while true {
            let piece = try fill(Self.blockSize)
            if piece.isEmpty { return }
            first.update(piece)
            second?.update(piece)
        }
    }

    mutating func finish() -> Digest { hasher.finish() }

    func truncated(_ expected: Int64) -> PackageFileError {
        .truncated(path: path, expected: expected, found: size)
    }

    private mutating func fill(_ count: Int) throws(PackageFileError) -> UnsafeRawBufferPointer {
        while true {
            let got = read(descriptor, buffer.baseAddress, count)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw .unreadable(path: path, code: errno) }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<got])
            hasher.update(piece)
            offset += Int64(got)
            return piece
        }
    }
}
