internal import CLinux
internal import Glibc

extension Files {
    /// The last `limit` bytes of a file, from the beginning of a line where it has more. Nil if
    /// there is no such file, or it is no plain file.
    public func tail(_ path: String, limit: Int) throws(FileError) -> [UInt8]? {
        let full = try resolve(path)
        let handle: FileHandle
        do throws(FileError) {
            handle = try FileHandle.open(full, O_RDONLY | O_NONBLOCK, for: "read")
        } catch {
            if error.isMissing { return nil }
            throw error
        }
        let status = try handle.status()
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        let size = Int(status.st_size)
        let bytes = try handle.readExactly(
            min(size, limit), at: UInt64(size - min(size, limit)))
        guard size > limit else { return bytes }
        let newline = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count - 1
        return Array(bytes[(newline + 1)...])
    }
}
