internal import Digests
internal import Glibc
internal import Host

/// Files that were fetched, below the root. Names hold the digest, so that what is there can be
/// used again without asking; content is checked whenever it is used.
struct InstallCache: Sendable {
    static let folder = "/var/cache/howdah"
    private static let chunk = 1 << 20

    let files: Files

    init(root: String) throws(InstallError) {
        files = Files(root: root)
        do {
            for part in ["index", "metadata", "packages"] {
                try files.makeDirectory("\(Self.folder)/\(part)")
            }
        } catch {
            throw .localFile(path: "\(root)\(Self.folder)", reason: "\(error)")
        }
    }

    func metadata(_ digest: Digest, _ name: String) throws -> String {
        try files.resolve("\(Self.folder)/metadata/\(Self.name(digest, name))")
    }

    func package(_ digest: Digest, _ name: String) throws -> String {
        try files.resolve("\(Self.folder)/packages/\(Self.name(digest, name))")
    }

    /// Of a name that ``package(_:_:)`` has made.
    func packagePath(_ name: String) throws -> String {
        try files.resolve("\(Self.folder)/packages/\(name)")
    }

    func lockPath() throws -> String { try files.resolve("\(Self.folder)/lock") }

    /// Removes metadata that the repositories no longer name.
    func prune(keepingMetadata kept: Set<String>) throws {
        for name in try files.list("\(Self.folder)/metadata") where !kept.contains(name) {
            try files.remove("\(Self.folder)/metadata/\(name)")
        }
    }

    /// Brings what was fetched to the disk, all at once.
    func sync() throws(InstallError) {
        let path = "\(Self.folder)/packages"
        do {
            try files.syncFileSystem(of: path)
        } catch {
            throw .localFile(path: path, reason: "\(error)")
        }
    }

    /// Bytes that are free where the cache is; nil where the system does not say.
    var freeBytes: Int64? {
        var status = statvfs()
        guard let path = try? files.resolve(Self.folder), statvfs(path, &status) == 0 else {
            return nil
        }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }

    static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }

    /// Whether the file is there with this content.
    func holds(_ path: String, _ digest: Digest) -> Bool {
        Self.digest(path, digest.algorithm) == digest
    }

    /// The start of the digest tells contents apart, the name is for people; together they stay
    /// below the 255 bytes that a name may have.
    static func name(_ digest: Digest, _ name: String) -> String {
        "\(digest.hex.prefix(32))-\(String(decoding: name.utf8.suffix(160), as: UTF8.self))"
    }

    private static func digest(_ path: String, _ algorithm: DigestAlgorithm) -> Digest? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var hasher = StreamHasher(algorithm)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return hasher.finish() }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
