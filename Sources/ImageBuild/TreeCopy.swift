internal import CLinux
internal import Glibc
internal import Host

/// Writes what layers show together into one folder: owners, modes, times, extended attributes and
/// hard links as they are.
struct TreeCopy: Sendable {
    /// Each layer's tree, the lowest first.
    let layers: [String]
    let output: String

    private struct Job: Sendable {
        let source: String
        let target: String
    }

    private struct Inode: Hashable {
        let device: dev_t
        let number: ino_t
    }

    func run(_ tree: MergedTree) throws {
        var directories: [Job] = []
        var files: [Job] = []
        var links: [Job] = []
        var firsts: [Inode: String] = [:]
        for item in tree.items {
            let job = try job(item)
            switch item.entry.kind {
            case .directory, .opaqueDirectory:
                guard mkdir(job.target, 0o700) == 0 else {
                    throw FileError("make directory", job.target, code: errno)
                }
                directories.append(job)
            case .file:
                var status = stat()
                guard lstat(job.source, &status) == 0 else {
                    throw FileError("stat", job.source, code: errno)
                }
                let inode = Inode(device: status.st_dev, number: status.st_ino)
                if status.st_nlink > 1, let first = firsts[inode] {
                    links.append(Job(source: first, target: job.target))
                } else {
                    if status.st_nlink > 1 { firsts[inode] = job.target }
                    files.append(job)
                }
            case .link(let target): try Self.makeLink(target, job)
            case .character, .block, .pipe: try Self.makeNode(job)
            case .whiteout: continue
            }
        }
        _ = try Parallel.map(files) { try Self.copyFile($0) }
        for job in links where link(job.source, job.target) != 0 {
            throw FileError("link", job.target, code: errno)
        }
        // What is in a folder changes its time: the folders last, the deepest first.
        for job in directories.reversed() { try Self.copyAttributes(job) }
    }

    private func job(_ item: MergedTree.Item) throws -> Job {
        guard let path = TreePath.unescape(item.entry.path) else {
            throw ImageError("'\(item.entry.path)' is no path of a manifest")
        }
        let name = String(decoding: path, as: UTF8.self)
        return Job(source: layers[item.layer] + "/" + name, target: output + "/" + name)
    }

    private static func copyFile(_ job: Job) throws {
        let source = howdah_open(job.source, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0)
        guard source >= 0 else { throw FileError("read", job.source, code: errno) }
        defer { close(source) }
        let target = howdah_open(
            job.target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard target >= 0 else { throw FileError("write", job.target, code: errno) }
        defer { close(target) }
        try copyBytes(source, target, job)
        try copyAttributes(job)
    }

    /// In the kernel, which shares blocks where the file system can (copy_file_range(2)).
    private static func copyBytes(_ source: Int32, _ target: Int32, _ job: Job) throws {
        var buffer: [UInt8] = []
        while true {
            let count = howdah_copy_range(source, target, 1 << 30)
            if count == 0 { return }
            if count > 0 { continue }
            // Across file systems of two kinds it may refuse.
            guard [EXDEV, EINVAL, EOPNOTSUPP, ENOSYS].contains(errno) else {
                throw FileError("copy", job.target, code: errno)
            }
            break
        }
        buffer = [UInt8](repeating: 0, count: FileContent.chunk)
        while true {
            let count = read(source, &buffer, buffer.count)
            guard count >= 0 else { throw FileError("read", job.source, code: errno) }
            if count == 0 { return }
            guard write(target, buffer, count) == count else {
                throw FileError("write", job.target, code: errno)
            }
        }
    }

    private static func makeLink(_ target: String, _ job: Job) throws {
        guard let bytes = TreePath.unescape(target) else {
            throw ImageError("'\(target)' is no link target of a manifest")
        }
        guard symlink(String(decoding: bytes, as: UTF8.self), job.target) == 0 else {
            throw FileError("link", job.target, code: errno)
        }
        try copyAttributes(job)
    }

    private static func makeNode(_ job: Job) throws {
        var status = stat()
        guard lstat(job.source, &status) == 0 else {
            throw FileError("stat", job.source, code: errno)
        }
        guard mknod(job.target, status.st_mode, status.st_rdev) == 0 else {
            throw FileError("make node", job.target, code: errno)
        }
        try copyAttributes(job)
    }

    /// Owner before mode (chown(2) clears set-user-ID), extended attributes after the owner (it
    /// clears capabilities), times last.
    private static func copyAttributes(_ job: Job) throws {
        var status = stat()
        guard lstat(job.source, &status) == 0 else {
            throw FileError("stat", job.source, code: errno)
        }
        guard lchown(job.target, status.st_uid, status.st_gid) == 0 else {
            throw FileError("chown", job.target, code: errno)
        }
        if status.st_mode & S_IFMT != S_IFLNK {
            guard chmod(job.target, status.st_mode & 0o7777) == 0 else {
                throw FileError("chmod", job.target, code: errno)
            }
        }
        try ExtendedAttributes.copy(from: job.source, to: job.target)
        let times = [status.st_mtim, status.st_mtim]
        guard utimensat(AT_FDCWD, job.target, times, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw FileError("set the time of", job.target, code: errno)
        }
    }
}
