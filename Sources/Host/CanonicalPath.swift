internal import Glibc

extension Files {
    /// The path without links, as the kernel lists mount points (realpath(3)).
    public func canonical(_ path: String) throws(FileError) -> String {
        let full = try resolve(path)
        guard let found = realpath(full, nil) else {
            throw FileError("resolve", full, code: errno)
        }
        defer { free(found) }
        return String(cString: found)
    }
}
