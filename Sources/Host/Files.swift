internal import CLinux
internal import Glibc

/// Files below a root. Paths are the instance's own (`/etc/hosts`); `..` is refused.
public struct Files: Sendable {
    /// The largest file that `read` takes without being told otherwise.
    public static let defaultLimit = 16 << 20

    public let root: String

    public init(root: String = "/") {
        self.root = HostPaths(root: root).root
    }

    /// What the operating system must open for `path`.
    public func resolve(_ path: String) throws(FileError) -> String {
        if path.split(separator: "/").contains("..") {
            throw FileError("use", path, reason: "a path may not hold '..'")
        }
        return HostPaths.join(root, path)
    }

    public func read(_ path: String, limit: Int = defaultLimit) throws(FileError) -> [UInt8] {
        try FileHandle.open(try resolve(path), O_RDONLY, for: "read").readAll(limit: limit)
    }

    /// Nil if there is no such file; other errors are thrown.
    public func readIfPresent(
        _ path: String, limit: Int = defaultLimit
    ) throws(FileError) -> [UInt8]? {
        do throws(FileError) {
            return try read(path, limit: limit)
        } catch  where error.isMissing {
            return nil
        }
    }

    public func text(_ path: String, limit: Int = defaultLimit) throws(FileError) -> String {
        String(decoding: try read(path, limit: limit), as: UTF8.self)
    }

    public func textIfPresent(
        _ path: String, limit: Int = defaultLimit
    ) throws(FileError) -> String? {
        try readIfPresent(path, limit: limit).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Follows symbolic links.
    public func exists(_ path: String) -> Bool {
        guard let full = try? resolve(path) else { return false }
        return access(full, F_OK) == 0
    }

    /// Names in a directory, sorted, without `.` and `..`.
    public func list(_ path: String) throws(FileError) -> [String] {
        let full = try resolve(path)
        guard let directory = opendir(full) else { throw FileError("list", full, code: errno) }
        defer { closedir(directory) }
        var names: [String] = []
        while true {
            // The end and an error look the same but for this (readdir(3)).
            errno = 0
            guard let entry = readdir(directory) else { break }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        if errno != 0 { throw FileError("list", full, code: errno) }
        return names.sorted()
    }

    /// Makes a directory and those above it. `mode` is given to those that it makes, and to the
    /// last one also where that was there before.
    public func makeDirectory(_ path: String, mode: UInt32? = nil) throws(FileError) {
        let full = try resolve(path)
        var current = ""
        for part in full.split(separator: "/") {
            current += "/" + part
            guard mkdir(current, 0o755) != 0 else { continue }
            let code = errno
            if code != EEXIST { throw FileError("make directory", current, code: code) }
        }
        guard isDirectory(path) else { throw FileError("make directory", full, code: ENOTDIR) }
        if let mode, chmod(full, mode) != 0 { throw FileError("chmod", full, code: errno) }
    }

    public func isDirectory(_ path: String) -> Bool {
        guard let full = try? resolve(path) else { return false }
        var status = stat()
        return stat(full, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Removes a file, a link or an empty directory. That it is not there is no error.
    public func remove(_ path: String) throws(FileError) {
        let full = try resolve(path)
        guard Glibc.remove(full) != 0 else { return }
        let code = errno
        if code != ENOENT { throw FileError("remove", full, code: code) }
    }

    /// Removes a directory with all that is in it; links are removed, not followed.
    public func removeTree(_ path: String) throws(FileError) {
        let full = try resolve(path)
        var status = stat()
        guard lstat(full, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in try list(path) { try removeTree(path + "/" + name) }
        }
        try remove(path)
    }

    /// Makes or replaces the link at `path`.
    public func symlink(_ path: String, to target: String) throws(FileError) {
        let full = try resolve(path)
        let temporary = full + ".howdah-new"
        unlink(temporary)
        guard Glibc.symlink(target, temporary) == 0 else {
            throw FileError("link", temporary, code: errno)
        }
        guard Glibc.rename(temporary, full) == 0 else { throw FileError("link", full, code: errno) }
    }

    /// Where a link points, as it is written; nil if `path` is no link.
    public func linkTarget(_ path: String) throws(FileError) -> String? {
        let full = try resolve(path)
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(full, &buffer, buffer.count)
        if count < 0 {
            if errno == EINVAL || errno == ENOENT { return nil }
            throw FileError("read link", full, code: errno)
        }
        return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    public func rename(_ path: String, to other: String) throws(FileError) {
        let (from, to) = (try resolve(path), try resolve(other))
        guard Glibc.rename(from, to) == 0 else { throw FileError("rename", from, code: errno) }
    }

    /// By number; a link at `path` is not followed.
    public func changeOwner(
        _ path: String, user: UInt32, group: UInt32
    ) throws(FileError) {
        let full = try resolve(path)
        guard lchown(full, user, group) == 0 else { throw FileError("chown", full, code: errno) }
    }

    public func changeMode(_ path: String, _ mode: UInt32) throws(FileError) {
        let full = try resolve(path)
        guard chmod(full, mode) == 0 else { throw FileError("chmod", full, code: errno) }
    }
}
