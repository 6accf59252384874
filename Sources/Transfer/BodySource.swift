internal import Glibc

/// Where the body of a request comes from. Used on the loop's thread alone.
final class BodySource {
    let count: Int64
    private let bytes: [UInt8]
    private let descriptor: Int32?
    private let start: Int64
    private var position: Int64 = 0

    static func open(_ body: HTTPRequest.Body) throws(SystemFailure) -> BodySource? {
        switch body {
        case .none: return nil
        case .bytes(let bytes): return BodySource(bytes)
        case .file(let path, let range):
            let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw SystemFailure(path: path, code: errno) }
            var status = stat()
            guard fstat(descriptor, &status) == 0 else {
                let code = errno
                close(descriptor)
                throw SystemFailure(path: path, code: code)
            }
            let range = range ?? 0..<Int64(status.st_size)
            return BodySource(descriptor, range)
        }
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        descriptor = nil
        start = 0
        count = Int64(bytes.count)
    }

    private init(_ descriptor: Int32, _ range: Range<Int64>) {
        bytes = []
        self.descriptor = descriptor
        start = range.lowerBound
        count = range.upperBound - range.lowerBound
    }

    deinit {
        if let descriptor { close(descriptor) }
    }

    /// The next bytes; 0 at the end, nil on failure (such as a file that became shorter).
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        let wanted = min(buffer.count, Int(count - position))
        guard wanted > 0, let base = buffer.baseAddress else { return 0 }
        if let descriptor {
            let got = pread(descriptor, base, wanted, Int(start + position))
            guard got > 0 else { return nil }
            position += Int64(got)
            return got
        }
        let rest = bytes[Int(position)...].prefix(wanted)
        UnsafeMutableRawBufferPointer(start: base, count: wanted).copyBytes(from: rest)
        position += Int64(wanted)
        return wanted
    }

    /// Goes to an offset from the body's start, where libcurl must send it again.
    func seek(to offset: Int64) -> Bool {
        guard (0...count).contains(offset) else { return false }
        position = offset
        return true
    }
}
