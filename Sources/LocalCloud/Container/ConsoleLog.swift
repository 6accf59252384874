internal import CLinux
internal import Glibc

/// The file that an instance's console goes to. Its size is bounded: what is older than the last
/// two pieces is dropped.
struct ConsoleLog: ~Copyable {
    static let pieceLimit = 2 << 20

    private let path: String
    private var descriptor: Int32
    private var size: Int

    /// The piece before the one that is written to.
    static func older(_ path: String) -> String { path + ".1" }

    /// The next piece until it takes the place of the one that is full.
    static func next(_ path: String) -> String { path + ".next" }

    static func open(_ path: String) throws -> ConsoleLog {
        let descriptor = try openPiece(path)
        return ConsoleLog(
            path: path, descriptor: descriptor, size: Int(lseek(descriptor, 0, SEEK_END)))
    }

    private init(path: String, descriptor: Int32, size: Int) {
        self.path = path
        self.descriptor = descriptor
        self.size = size
    }

    private static func openPiece(_ path: String) throws(LabError) -> Int32 {
        let descriptor = howdah_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw LabError("cannot open '\(path)': error \(errno)") }
        return descriptor
    }

    /// A full disk loses words of the console, and stops nothing: where the next piece cannot be
    /// made, this one goes on.
    mutating func append(_ bytes: ArraySlice<UInt8>) {
        if size > Self.pieceLimit, let next = try? Self.openPiece(Self.next(path)) {
            rename(path, Self.older(path))
            rename(Self.next(path), path)
            close(descriptor)
            descriptor = next
            size = 0
        }
        bytes.withUnsafeBytes { _ = write(descriptor, $0.baseAddress, $0.count) }
        size += bytes.count
    }

    deinit { close(descriptor) }
}
