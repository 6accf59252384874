internal import Digests
internal import Glibc

/// How big files are cut.
public struct S3PartSizes: Sendable, Equatable {
    /// From so many bytes on, a file goes by parts.
    public var threshold: Int64
    /// Bytes of a part, unless that would make too many of them.
    public var part: Int64
    /// Parts that are under way at once.
    public var parallel: Int

    public init(threshold: Int64 = 64 << 20, part: Int64 = 16 << 20, parallel: Int = 4) {
        self.threshold = threshold
        self.part = part
        self.parallel = parallel
    }

    public static let standard = S3PartSizes()
    /// S3 has 10,000; the last number is the one of `S3Upload.markerNumber`.
    static let maximumParts: Int64 = 9_999

    /// The ranges of the parts; the first has number 1.
    func ranges(of size: Int64) -> [Range<Int64>] {
        let least = (size + S3PartSizes.maximumParts - 1) / S3PartSizes.maximumParts
        let length = max(part, least, 1)
        return stride(from: 0, to: size, by: Int(length)).map { $0..<min($0 + length, size) }
    }
}

/// A file's content by parts, each with its digest.
struct S3FileParts: Sendable {
    struct Part: Sendable, Equatable {
        /// From 1.
        var number: Int
        var range: Range<Int64>
        /// Lower-case hexadecimal.
        var sha256: String

        var size: Int64 { range.upperBound - range.lowerBound }
    }

    let path: String
    let parts: [Part]

    /// Reads the file once, for the digests of the whole and of the parts. Throws
    /// `UploadFileError` where it is not what the caller thinks.
    static func read(_ path: String, sha256: String, _ sizes: S3PartSizes) throws -> S3FileParts {
        let file = try UploadFile(path)
        var whole = StreamHasher(.sha256)
        var parts: [Part] = []
        for range in sizes.ranges(of: file.size) {
            var hasher = StreamHasher(.sha256)
            try file.read(range) { block in
                hasher.update(block)
                whole.update(block)
            }
            let digest = hasher.finish().hex
            parts.append(Part(number: parts.count + 1, range: range, sha256: digest))
        }
        let found = whole.finish().hex
        guard found == sha256.lowercased() else {
            throw UploadFileError(
                path: path, reason: "its sha256 is \(found), expected \(sha256): it changed")
        }
        return S3FileParts(path: path, parts: parts)
    }

    /// The entity tag of a part at stores that have no checksums.
    func entityTag(of part: Part) throws -> String {
        var hasher = StreamHasher(.md5)
        try UploadFile(path).read(part.range) { hasher.update($0) }
        return "\"\(hasher.finish().hex)\""
    }
}

/// A file that cannot be sent.
public struct UploadFileError: Error, CustomStringConvertible, Sendable, Equatable {
    public var path: String
    public var reason: String

    public var description: String { "file '\(path)': \(reason)" }
}

/// A file that is open for reading.
final class UploadFile {
    static let blockSize = 256 << 10

    let path: String
    /// Bytes.
    let size: Int64
    private let descriptor: Int32

    init(_ path: String) throws(UploadFileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard descriptor >= 0 else {
            throw UploadFileError(path: path, reason: "cannot be opened, errno \(errno)")
        }
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw UploadFileError(path: path, reason: "cannot be read, errno \(code)")
        }
        self.path = path
        self.descriptor = descriptor
        size = Int64(status.st_size)
    }

    deinit { close(descriptor) }

    func read(
        _ range: Range<Int64>, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(UploadFileError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: UploadFile.blockSize, alignment: 4096)
        defer { buffer.deallocate() }
        var position = range.lowerBound
        while position < range.upperBound {
            let wanted = min(UploadFile.blockSize, Int(range.upperBound - position))
            let count = pread(descriptor, buffer.baseAddress, wanted, Int(position))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw UploadFileError(path: path, reason: "became shorter while it was read")
            }
            body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            position += Int64(count)
        }
    }
}
