internal import CLinux
internal import Digests
internal import Dispatch
internal import Glibc
internal import Host
internal import Synchronization

/// Reads a tree into its manifest: every file is hashed, and text is looked through for secrets.
struct TreeScan: Sendable {
    /// A tree with more entries than this is none of ours.
    static let maximumEntries = 2_000_000

    struct Result: Sendable {
        var manifest: Manifest
        /// Paths of files that hold what looks like a secret, with what it is.
        var suspects: [String: String]
    }

    /// A layer's own tree, where a character device 0:0 is a whiteout.
    var isOverlay = false
    var looksForSecrets = true

    func run(_ root: String) throws -> Result {
        var found: [Found] = []
        try walk(root, "", &found)
        let files = found.indices.filter { found[$0].isFile }
        let hashed = try Parallel.map(files.map { found[$0] }) { file in
            try FileContent.read(
                file.fullPath, secretsUnder: looksForSecrets ? file.path : nil)
        }
        var suspects: [String: String] = [:]
        for (index, content) in zip(files, hashed) {
            found[index].entry.kind = .file(size: content.size, digest: content.digest)
            suspects[found[index].entry.path] = content.secret
        }
        return Result(manifest: Manifest(found.map(\.entry)), suspects: suspects)
    }

    private struct Found: Sendable {
        var entry: ManifestEntry
        let path: String
        let fullPath: String
        let isFile: Bool
    }

    private func walk(_ root: String, _ folder: String, _ found: inout [Found]) throws {
        let here = folder.isEmpty ? root : root + "/" + folder
        for name in try Files().list(here) {
            let path = folder.isEmpty ? name : folder + "/" + name
            let full = root + "/" + path
            var status = stat()
            guard lstat(full, &status) == 0 else { throw FileError("stat", full, code: errno) }
            guard found.count < Self.maximumEntries else {
                throw ImageError("'\(root)' holds more than \(Self.maximumEntries) files")
            }
            let attributes = try ExtendedAttributes.list(full)
            guard let kind = try kind(of: full, status, attributes) else { continue }
            let entry = ManifestEntry(
                path: TreePath.escape(path.utf8), kind: kind, mode: status.st_mode & 0o7777,
                user: status.st_uid, group: status.st_gid,
                attributes: ExtendedAttributes.digest(attributes))
            let isFile = status.st_mode & S_IFMT == S_IFREG
            found.append(Found(entry: entry, path: path, fullPath: full, isFile: isFile))
            if status.st_mode & S_IFMT == S_IFDIR { try walk(root, path, &found) }
        }
    }

    /// Nil for a socket, which means nothing without its server.
    private func kind(
        of path: String, _ status: stat, _ attributes: [ExtendedAttributes.Attribute]
    ) throws -> ManifestEntry.Kind? {
        let (major, minor) = (
            UInt32(gnu_dev_major(status.st_rdev)), UInt32(gnu_dev_minor(status.st_rdev))
        )
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file(size: 0, digest: Digest.of([]))
        case S_IFDIR:
            let isOpaque = attributes.contains { $0.isOpaqueMark }
            return isOverlay && isOpaque ? .opaqueDirectory : .directory
        case S_IFLNK:
            guard let target = try Files().linkTarget(path) else { return nil }
            return .link(target: TreePath.escape(target.utf8))
        case S_IFCHR where isOverlay && major == 0 && minor == 0: return .whiteout
        case S_IFCHR: return .character(major: major, minor: minor)
        case S_IFBLK: return .block(major: major, minor: minor)
        case S_IFIFO: return .pipe
        default: return nil
        }
    }
}

/// A file's size and digest, and what it holds that it should not.
struct FileContent: Sendable {
    static let chunk = 1 << 20

    var size: UInt64
    var digest: Digest
    var secret: String?

    /// `path` is looked up in the rules of ``SecretScan``; nil looks for nothing.
    static func read(_ full: String, secretsUnder path: String?) throws -> FileContent {
        let descriptor = howdah_open(full, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw FileError("read", full, code: errno) }
        defer { close(descriptor) }
        var hasher = StreamHasher(.sha256)
        var size: UInt64 = 0
        var secret: String?
        var failure: Int32 = 0
        withUnsafeTemporaryAllocation(byteCount: chunk, alignment: 16) { buffer in
            while true {
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                if count < 0 && errno == EINTR { continue }
                if count < 0 { failure = errno }
                if count <= 0 { return }
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                // Text that is longer than one chunk is a library or a table, no key file.
                if size == 0, count < chunk, let path {
                    secret = SecretScan.finding(in: bytes, path: path)
                }
                hasher.update(bytes)
                size += UInt64(count)
            }
        }
        guard failure == 0 else { throw FileError("read", full, code: failure) }
        return FileContent(size: size, digest: hasher.finish(), secret: secret)
    }
}
