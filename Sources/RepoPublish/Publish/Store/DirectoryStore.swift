public import Digests
internal import Glibc
internal import Host

/// A directory as a place to publish to. What is stored appears by a rename (or a link, where it
/// must be new) of a file that is on the disk already: a reader sees the old or the new content.
public struct DirectoryStore: ObjectStore {
    /// Directories below each other; a loop of links ends here.
    static let maximumDepth = 32
    /// Held while an object is compared and replaced. Empty, and never removed.
    static let lockPath = "repodata/.howdah-lock"
    static let lockPatience = Duration.seconds(30)

    let files: Files

    /// `root` must be absolute. It is made when something is stored.
    public init(root: String) {
        files = Files(root: root)
    }

    public var name: String { files.root }

    public func list(_ prefix: String) async throws -> [String: StoredObject]? {
        var objects: [String: StoredObject] = [:]
        guard files.isDirectory("/") else { return objects }
        let folder = prefix.lastIndex(of: "/").map { String(prefix[..<$0]) } ?? ""
        try walk(folder, depth: 0, prefix, into: &objects)
        return objects
    }

    public func head(_ path: String) async throws -> StoredObject? { try object(path) }

    public func read(_ path: String, limit: Int) async throws -> StoredBytes? {
        try files.readIfPresent("/" + path, limit: limit).map {
            StoredBytes(bytes: $0, entityTag: Self.tag($0))
        }
    }

    public func fetch(
        _ path: String, to file: String, _ algorithm: DigestAlgorithm
    ) async throws -> FetchedFile? {
        guard try object(path) != nil else { return nil }
        return try FileCopy.run(from: try files.resolve("/" + path), to: file, algorithm)
    }

    public func delete(_ path: String) async throws { try files.remove("/" + path) }

    public func put(_ upload: Upload, _ condition: PutCondition?) async throws -> String {
        let full = try files.resolve("/" + upload.path)
        let folder = upload.path.split(separator: "/").dropLast().joined(separator: "/")
        try files.makeDirectory("/" + folder)
        let temporary = Files.temporaryName(full)
        defer { unlink(temporary) }
        let tag = try write(upload, to: temporary)
        switch condition {
        case nil: try rename(temporary, full)
        case .absent:
            guard link(temporary, full) == 0 else {
                if errno == EEXIST { throw StoreConflict(path: upload.path) }
                throw FileError("link", full, code: errno)
            }
        case .matches(let wanted):
            try files.makeDirectory("/repodata")
            let lock = try FileLock.take(
                "/" + Self.lockPath, in: files, within: Self.lockPatience)
            let old = try await read(upload.path, limit: RepositoryLimits.repomd)
            guard old?.entityTag == wanted else { throw StoreConflict(path: upload.path) }
            try rename(temporary, full)
            _ = consume lock
        }
        try FileCopy.syncFolder(of: full)
        return tag
    }

    /// Both are files of this machine.
    public func copy(_ path: String, from other: any ObjectStore) async throws -> Bool { false }

    private static func tag(_ bytes: [UInt8]) -> String { "\"\(Digest.of(bytes).hex)\"" }

    private func write(_ upload: Upload, to temporary: String) throws -> String {
        switch upload.content {
        case .bytes(let bytes):
            try FileCopy.write(bytes, to: temporary)
            return Self.tag(bytes)
        case .file(let path, let sha256):
            let copied = try FileCopy.run(from: path, to: temporary, .sha256)
            guard copied.digest.hex == sha256 else {
                throw PublishError.changed(
                    path: path, expected: "sha256 \(sha256)", found: "\(copied.digest)")
            }
            return "\"\(sha256)\""
        }
    }

    private func rename(_ temporary: String, _ full: String) throws {
        guard Glibc.rename(temporary, full) == 0 else {
            throw FileError("replace", full, code: errno)
        }
    }

    private func object(_ path: String) throws -> StoredObject? {
        var status = stat()
        guard stat(try files.resolve("/" + path), &status) == 0 else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { return nil }
            throw FileError("look at", path, code: code)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        return StoredObject(
            size: Int64(status.st_size), entityTag: nil,
            modified: Int64(status.st_mtim.tv_sec))
    }

    private func walk(
        _ folder: String, depth: Int, _ prefix: String, into objects: inout [String: StoredObject]
    ) throws {
        guard depth < Self.maximumDepth else {
            throw IndexError.tooDeep(path: "\(files.root)/\(folder)", limit: Self.maximumDepth)
        }
        guard files.isDirectory("/" + folder) else { return }
        for name in try files.list("/" + folder) {
            let path = folder.isEmpty ? name : folder + "/" + name
            if files.isDirectory("/" + path) {
                guard path.hasPrefix(prefix) || prefix.hasPrefix(path + "/") else { continue }
                try walk(path, depth: depth + 1, prefix, into: &objects)
            } else if path.hasPrefix(prefix), let object = try object(path) {
                objects[path] = object
            }
        }
    }
}
