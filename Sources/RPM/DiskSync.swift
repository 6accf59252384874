internal import CRPM
internal import Glibc

/// Brings what was written below some folders to the disk, with one call for each file system.
struct DiskSync {
    private var seen: Set<dev_t> = []

    /// A folder that is not there has nothing to write.
    mutating func sync(_ folder: String) throws(TransactionError) {
        var status = stat()
        guard stat(folder, &status) == 0, seen.insert(status.st_dev).inserted else { return }
        try Self.sync(folder)
    }

    /// syncfs(2) of the file system that a folder is on.
    static func sync(_ folder: String) throws(TransactionError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .root(path: folder) }
        defer { close(descriptor) }
        guard syncfs(descriptor) == 0 else {
            throw .failed(log: ["'\(folder)' could not be written to the disk: error \(errno)"])
        }
    }
}
