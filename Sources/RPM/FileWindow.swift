internal import CRPM
internal import Glibc

/// Reads files one after another, each from start to end; of the one that is open, the bytes from
/// some place on are in memory.
struct FileWindow: ~Copyable {
    static let usualCapacity = 68 << 10
    private static let page = 4096

    private(set) var path = ""
    /// Bytes, and seconds since 1970, as the file had them when it was opened.
    private(set) var size: Int64 = 0
    private(set) var modified: Int64 = 0
    private var descriptor: Int32 = -1
    private var buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: usualCapacity, alignment: page)
    /// Where in the buffer the window begins, and where in the file.
    private var start = 0
    private var base: Int64 = 0
    private var count = 0

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
        buffer.deallocate()
    }

    mutating func open(_ path: String) throws(PackageFileError) {
        close()
        descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, code: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .malformed(path: path, what: "it is no regular file")
        }
        self.path = path
        size = Int64(status.st_size)
        modified = Int64(status.st_mtim.tv_sec)
        (start, base, count) = (0, 0, 0)
    }

    mutating func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
        // A package with a huge header needed more; the next will not.
        if buffer.count > Self.usualCapacity { replaceBuffer(Self.usualCapacity, keeping: 0) }
    }

    var capacity: Int { buffer.count }

    /// The file's offset past the window.
    var end: Int64 { base + Int64(count) }

    /// What the window has of a part of the file that begins inside it.
    func bytes(_ range: Range<Int64>) -> UnsafeRawBufferPointer {
        precondition(range.lowerBound >= base && range.lowerBound <= end)
        let first = start + Int(range.lowerBound - base)
        let last = start + Int(min(range.upperBound, end) - base)
        return UnsafeRawBufferPointer(rebasing: buffer[first..<max(first, last)])
    }

    /// All of it.
    var bytes: UnsafeRawBufferPointer { bytes(base..<end) }

    /// Reads on, keeping what comes from `kept` on. Throws where the file has become shorter.
    mutating func fill(keeping kept: Int64) throws(PackageFileError) {
        let tail = Int(end - max(kept, base))
        // Reads into the middle of a page are several times slower.
        let place = (tail + Self.page - 1) / Self.page * Self.page
        if place + Self.page > buffer.count {
            replaceBuffer(place * 2 + Self.page, keeping: buffer.count)
        }
        let rest = UnsafeRawBufferPointer(
            rebasing: buffer[(start + count - tail)..<(start + count)])
        UnsafeMutableRawBufferPointer(rebasing: buffer[(place - tail)..<place])
            .copyMemory(from: rest)
        base = end - Int64(tail)
        start = place - tail
        count = tail
        try read()
    }

    private mutating func read() throws(PackageFileError) {
        let room = buffer.count - start - count
        while true {
            let got = Glibc.read(
                descriptor, buffer.baseAddress?.advanced(by: start + count), room)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw .unreadable(path: path, code: errno) }
            guard got > 0 else { throw .truncated(path: path, expected: size, found: end) }
            count += min(got, Int(clamping: size - end))
            return
        }
    }

    private mutating func replaceBuffer(_ capacity: Int, keeping kept: Int) {
        let new = UnsafeMutableRawBufferPointer.allocate(
            byteCount: capacity, alignment: Self.page)
        new.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<kept]))
        buffer.deallocate()
        buffer = new
    }
}
