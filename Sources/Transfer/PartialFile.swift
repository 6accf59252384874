internal import Glibc

/// The file beside its final name into which a download goes until it is whole.
///
/// Its name is fixed, so that what a power cut left behind is used up by the next run, and it is
/// locked, so that two runs never write into each other.
final class PartialFile {
    private static let chunk = 1 << 18

    private let descriptor: Int32
    private let path: String
    private let target: String
    private let arrival: Arrival

    private init(descriptor: Int32, path: String, target: String, arrival: Arrival) {
        self.descriptor = descriptor
        self.path = path
        self.target = target
        self.arrival = arrival
    }

    deinit { close(descriptor) }

    static func open(
        for target: String, _ arrival: Arrival
    ) -> Result<PartialFile, SystemFailure> {
        let path = target + ".part"
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { return .failure(SystemFailure(path: path, code: errno)) }
        let file = PartialFile(
            descriptor: descriptor, path: path, target: target, arrival: arrival)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0,
            arrival == .cached || ftruncate(descriptor, 0) == 0
        else { return .failure(SystemFailure(path: path, code: errno)) }
        return .success(file)
    }

    /// Hands over what is there, and leaves the place of the next byte behind it. False where it
    /// cannot be read or is longer than `limit`.
    func readAll(limit: Int64, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.chunk, alignment: 4096)
        defer { buffer.deallocate() }
        var total: Int64 = 0
        while total <= limit {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count == 0 }
            total += Int64(count)
            body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        return false
    }

    func append(_ bytes: UnsafeRawBufferPointer) -> TransferError.Kind? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let slice = UnsafeRawBufferPointer(rebasing: rest)
            let written = write(descriptor, slice.baseAddress, slice.count)
            if written < 0 {
                if errno == EINTR { continue }
                return .localFile(path: path, errno: errno)
            }
            rest = rest.dropFirst(written)
        }
        return nil
    }

    func truncate() -> TransferError.Kind? {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            return .localFile(path: path, errno: errno)
        }
        return nil
    }

    /// Gives the file its name, with its bytes on the disk if they have to be; nil when that
    /// worked.
    func publish() -> SystemFailure? {
        let isDurable = arrival == .durable
        guard !isDurable || fsync(descriptor) == 0, rename(path, target) == 0 else {
            return SystemFailure(path: target, code: errno)
        }
        guard isDurable else { return nil }
        let slash = target.lastIndex(of: "/")
        let folder = slash.map { $0 == target.startIndex ? "/" : String(target[..<$0]) } ?? "."
        let directory = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return SystemFailure(path: folder, code: errno) }
        defer { close(directory) }
        return fsync(directory) == 0 ? nil : SystemFailure(path: folder, code: errno)
    }

    func discard() { unlink(path) }
}

/// A system call on a file that failed.
struct SystemFailure: Error {
    var path: String
    var code: Int32
}
