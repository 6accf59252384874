internal import CLinux
internal import Glibc

extension Files {
    /// Replaces a file so that a reader, or a power cut, sees the old or the new content whole:
    /// temporary file in the same directory, fsync, rename, fsync of the directory. The file that
    /// is replaced hands on its owner, its SELinux label, and its mode where `mode` is nil; a new
    /// file gets `0644`.
    ///
    /// What a power cut left of an earlier write of this file is removed. Another writer whose
    /// temporary file was taken for such writes once more.
    public func write(_ bytes: [UInt8], to path: String, mode: UInt32? = nil) throws(FileError) {
        try write(parts: [bytes[...]], to: path, mode: mode)
    }

    /// Likewise, for content that is in memory in parts.
    public func write(
        parts: [ArraySlice<UInt8>], to path: String, mode: UInt32? = nil
    ) throws(FileError) {
        let full = try resolve(path)
        do throws(FileError) {
            try replace(full, parts, mode)
        } catch  where error.isMissing {
            try replace(full, parts, mode)
        }
        removeStale(of: full)
        try syncDirectory(of: full)
    }

    private func replace(
        _ full: String, _ parts: [ArraySlice<UInt8>], _ mode: UInt32?
    ) throws(FileError) {
        var old = stat()
        let replaces = stat(full, &old) == 0
        let kept = replaces ? UInt32(old.st_mode & 0o7777) : 0o644
        let temporary = Self.temporaryName(full)
        do throws(FileError) {
            let file = try FileHandle.open(
                temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600, for: "write")
            _ = flock(file.descriptor, LOCK_EX | LOCK_NB)
            for part in parts { try file.writeAll(part) }
            if replaces && (old.st_uid != getuid() || old.st_gid != getgid()) {
                guard fchown(file.descriptor, old.st_uid, old.st_gid) == 0 else {
                    throw FileError("chown", temporary, code: errno)
                }
            }
            if replaces { try Self.handOnLabel(of: full, to: file.descriptor) }
            guard fchmod(file.descriptor, mode ?? kept) == 0 else {
                throw FileError("chmod", temporary, code: errno)
            }
            try file.sync()
        } catch {
            unlink(temporary)
            throw error
        }
        guard Glibc.rename(temporary, full) == 0 else {
            let code = errno
            unlink(temporary)
            throw FileError("replace", full, code: code)
        }
    }

    /// SELinux's label of the file that is replaced: the new one got its folder's (selinux(8)).
    /// Most machines have no labels; where all files of a mount have one, such as on NFS, none can
    /// be set, and to others only root may give one.
    private static func handOnLabel(of full: String, to descriptor: Int32) throws(FileError) {
        let attribute = "security.selinux"
        var label = [UInt8](repeating: 0, count: 4096)
        let length = getxattr(full, attribute, &label, label.count)
        guard length > 0 else { return }
        var own = [UInt8](repeating: 0, count: label.count)
        let ownLength = fgetxattr(descriptor, attribute, &own, own.count)
        if ownLength == length && own == label { return }
        guard fsetxattr(descriptor, attribute, label, length, 0) != 0 else { return }
        let code = errno
        if code == ENOTSUP || (code == EPERM || code == EACCES) && geteuid() != 0 { return }
        throw FileError("label", full, code: code)
    }

    /// Part of a temporary file's name, behind the name of the file that it is to become.
    static let mark = ".howdah-"

    /// What a file is called while it is written that becomes `name`. Its writer locks it (flock).
    public static func temporaryName(_ name: String) -> String {
        name + mark + "\(getpid())-\(UInt32.random(in: .min ... .max))"
    }

    /// Whether a name is one that `temporaryName` makes.
    public static func isTemporary(_ name: some StringProtocol) -> Bool {
        guard let place = name.ranges(of: mark).last, place.lowerBound > name.startIndex else {
            return false
        }
        let numbers = name[place.upperBound...].split(
            separator: "-", omittingEmptySubsequences: false)
        return numbers.count == 2 && Int32(numbers[0]) != nil && UInt32(numbers[1]) != nil
    }

    /// Removes a temporary file that nobody has locked. One that cannot be removed harms nobody.
    public func removeAbandoned(_ path: String) {
        guard let full = try? resolve(path) else { return }
        let descriptor = open(full, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(full) }
    }

    /// Removes this file's temporary files that nobody has locked.
    private func removeStale(of full: String) {
        let parts = full.split(separator: "/")
        guard let name = parts.last else { return }
        let folder = "/" + parts.dropLast().joined(separator: "/")
        for other in (try? Files().list(folder)) ?? []
        where other.hasPrefix(name + Self.mark) && Self.isTemporary(other) {
            Files().removeAbandoned(folder + "/" + other)
        }
    }

    public func write(_ text: String, to path: String, mode: UInt32? = nil) throws(FileError) {
        try write(Array(text.utf8), to: path, mode: mode)
    }

    /// As `write`, but leaves a file alone that has this content (and mode, if one is given).
    /// Says whether it wrote.
    @discardableResult
    public func writeIfChanged(
        _ text: String, to path: String, mode: UInt32? = nil
    ) throws(FileError) -> Bool {
        try writeIfChanged(Array(text.utf8), to: path, mode: mode)
    }

    @discardableResult
    public func writeIfChanged(
        _ bytes: [UInt8], to path: String, mode: UInt32? = nil
    ) throws(FileError) -> Bool {
        if let old = try readIfPresent(path), old == bytes {
            if let mode { try changeMode(path, mode) }
            return false
        }
        try write(bytes, to: path, mode: mode)
        return true
    }

    /// Appends a piece in one write, making the file if need be: for logs, not durable.
    public func append(_ text: String, to path: String, mode: UInt32 = 0o644) throws(FileError) {
        let flags = O_WRONLY | O_CREAT | O_APPEND
        let file = try FileHandle.open(try resolve(path), flags, mode: mode, for: "append to")
        try file.writeAll(Array(text.utf8)[...])
    }

    /// Renames so that a power cut does not undo it.
    public func renameDurably(_ path: String, to other: String) throws(FileError) {
        try rename(path, to: other)
        try syncDirectory(of: try resolve(other))
    }

    private func syncDirectory(of full: String) throws(FileError) {
        let end = full.lastIndex(of: "/") ?? full.startIndex
        let directory = end == full.startIndex ? "/" : String(full[..<end])
        try FileHandle.open(directory, O_RDONLY | O_DIRECTORY, for: "fsync").sync()
    }
}
