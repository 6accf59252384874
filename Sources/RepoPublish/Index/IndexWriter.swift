internal import Glibc
internal import Host
internal import RepoMetadata

/// Puts a snapshot into a directory so that a reader sees the old or the new state: new files
/// first, then the signature, and `repomd.xml` last, each by a rename.
struct IndexWriter {
    let files: Files
    let options: IndexOptions

    /// Whether what is there already says the same, signed by the same key. Revision and times are
    /// the old ones unless others were asked for.
    func isThere(_ snapshot: Snapshot, _ old: OldIndex) async throws -> Bool {
        guard let index = old.index, let bytes = old.repomd, snapshot.isSame(as: index),
            snapshot.files.allSatisfy(isStored)
        else { return false }
        var same = snapshot.repomd
        if options.format.revision == nil { same.revision = index.revision }
        if options.format.timestamp == nil {
            for place in same.records.indices {
                let old = index.record(same.records[place].type)
                same.records[place].timestamp = old?.timestamp ?? 0
            }
        }
        guard same.bytes == bytes else { return false }
        return try await isSigned(bytes)
    }

    /// A file that is there and has lost its content is written again.
    private func isStored(_ file: Snapshot.File) -> Bool {
        guard let stored = try? files.read("/" + file.path, limit: file.size) else { return false }
        return file.isContent(stored)
    }

    private func isSigned(_ repomd: [UInt8]) async throws -> Bool {
        let signature = try files.readIfPresent(
            RepositoryIndexer.Place.signature, limit: OldIndex.maximumRepomdSize)
        guard let key = options.key else { return signature == nil }
        guard let signature else { return false }
        return try await MetadataSigner(key: key).hasSigned(repomd, signature)
    }

    /// `now` is in seconds since 1970.
    func write(_ snapshot: Snapshot, replacing old: OldIndex, now: Int64) async throws {
        let repomd = snapshot.repomd.bytes
        var signature: [UInt8]?
        if let key = options.key { signature = try await MetadataSigner(key: key).sign(repomd) }
        try files.makeDirectory(RepositoryIndexer.Place.folder)
        for file in snapshot.files {
            try files.write(parts: file.parts, to: "/" + file.path)
            if let time = options.format.timestamp { setTime(file.path, time) }
        }
        if let signature {
            try files.write(signature, to: RepositoryIndexer.Place.signature)
        } else {
            // It would be the old state's, and no reader could verify the new one with it.
            try files.remove(RepositoryIndexer.Place.signature)
        }
        try files.write(repomd, to: RepositoryIndexer.Place.repomd)
        try OldMetadata(files: files, retention: options.retention).remove(
            current: Set(snapshot.files.map(\.path)),
            previous: Set(old.index?.records.map(\.location) ?? []), now: now)
    }

    /// Best effort: only `rsync` and its like look at it.
    private func setTime(_ path: String, _ time: Int64) {
        let value = timespec(tv_sec: Int(time), tv_nsec: 0)
        _ = utimensat(AT_FDCWD, files.root + "/" + path, [value, value], 0)
    }
}
