internal import Digests
internal import Host
internal import RepoMetadata

/// Brings a change's packages to the store, each once, before anything names them. What a path
/// holds there is never replaced.
struct PackageSender: Sendable {
    let store: any ObjectStore
    let source: (any ObjectStore)?
    let offer: PackageOffer
    let progress: @Sendable (PublishEvent) -> Void
    /// What is at the store; nil where only what the index lacks is sent.
    var listing: [String: StoredObject]?

    private(set) var sent: [PublishOutcome.Sent] = []
    private(set) var unchanged = 0
    /// Packages that are at the store.
    private var done = Set<Int>()
    /// Of these, the ones that were there before, and that no index named.
    private var reused = Set<Int>()

    init(
        store: any ObjectStore, source: (any ObjectStore)?, offer: PackageOffer,
        progress: @escaping @Sendable (PublishEvent) -> Void
    ) {
        self.store = store
        self.source = source
        self.offer = offer
        self.progress = progress
    }

    /// Decides what to send without sending it.
    mutating func plan(_ added: [Int], on remote: RemoteRepository) async throws {
        for index in try await missing(added, remote) { note(index) }
    }

    mutating func send(_ added: [Int], on remote: RemoteRepository) async throws {
        let missing = try await missing(added, remote)
        if missing.isEmpty { return }
        let bytes = missing.reduce(Int64(0)) { $0 + offer.records[$1].size }
        progress(.planned(objects: missing.count, bytes: bytes))
        let work = self
        let wasThere = try await Bounded.map(missing, limit: ChangeRun.parallelUploads) { index in
            let isThere = try await work.bring(index)
            let record = work.offer.records[index]
            work.progress(.sent(path: record.path, bytes: record.size))
            return isThere
        }
        for (index, isThere) in zip(missing, wasThere) {
            if isThere {
                reused.insert(index)
                unchanged += 1
            } else {
                note(index)
            }
        }
        done.formUnion(missing)
    }

    /// What was there already, and no index named, may have been removed just before one did.
    mutating func checkReused() async throws {
        let work = self
        _ = try await Bounded.map(reused.sorted(), limit: ChangeRun.parallelUploads) { index in
            if try await work.store.head(work.offer.records[index].path) == nil {
                _ = try await work.bring(index)
            }
        }
    }

    private mutating func note(_ index: Int) {
        let record = offer.records[index]
        sent.append(PublishOutcome.Sent(path: record.path, size: record.size))
    }

    /// The packages that are not there yet: of those that a change adds, and where there is a
    /// listing, of all that the directory has.
    private mutating func missing(_ added: [Int], _ remote: RemoteRepository) async throws -> [Int]
    {
        let candidates = (listing == nil ? added : Array(offer.records.indices)).filter {
            !done.contains($0) && offer.origins[$0] != .elsewhere
        }
        guard let listing else { return candidates }
        let indexed = Set(remote.state.records.map(PackageKey.init))
        var missing: [Int] = []
        var unclear: [(Int, StoredObject)] = []
        for index in candidates {
            let record = offer.records[index]
            guard let object = listing[record.path] else {
                missing.append(index)
                continue
            }
            guard object.size == record.size else { throw other(record) }
            if !indexed.contains(PackageKey(record)) { unclear.append((index, object)) }
        }
        let work = self
        _ = try await Bounded.map(unclear, limit: ChangeRun.parallelUploads) { index, object in
            try await work.compare(index, object)
        }
        reused.formUnion(unclear.map(\.0))
        unchanged += candidates.count - missing.count
        done.formUnion(Set(candidates).subtracting(missing))
        return missing
    }

    /// Throws if what is at the store is not this package. An entity tag is the MD5 of what was
    /// sent in one piece; for others only the content tells.
    private func compare(_ index: Int, _ object: StoredObject) async throws {
        let record = offer.records[index]
        guard case .file(let path, let sha256) = offer.origins[index] else { return }
        if let tag = object.entityTag, tag == "\"\(try FileDigests.md5(path))\"" { return }
        guard try await store.digest(record.path, .sha256)?.hex == sha256 else {
            throw other(record)
        }
    }

    private func other(_ record: PackageRecord) -> PublishError {
        .otherContent(store: store.name, path: record.path)
    }

    /// Stores a package where none is. What is there nevertheless may be ours, from an attempt the
    /// answer of which was lost, or the same package from another publisher. Says whether it was
    /// there.
    private func bring(_ index: Int) async throws -> Bool {
        let record = offer.records[index]
        switch offer.origins[index] {
        case .elsewhere: return true
        case .other: return try await copy(record)
        case .file(let path, let sha256):
            let upload = Upload(
                path: record.path, content: .file(path: path, sha256: sha256), size: record.size,
                contentType: Upload.contentType(record.path), cacheControl: nil)
            do {
                _ = try await store.put(upload, .absent) { bytes in
                    progress(.stored(path: record.path, bytes: bytes))
                }
                return false
            } catch is StoreConflict {
                guard try await store.digest(record.path, .sha256)?.hex == sha256 else {
                    throw other(record)
                }
                return true
            }
        }
    }

    /// Copies at the store where that can be done; else through this machine.
    private func copy(_ record: PackageRecord) async throws -> Bool {
        guard let source else { return true }
        let path = try RepositoryPath.checked(record.path)
        guard let theirs = try await source.head(path), theirs.size == record.size else {
            throw PublishError.missingPackage(store: source.name, path: path)
        }
        if let ours = try await store.head(path) {
            let isSame = ours.size == theirs.size && ours.entityTag == theirs.entityTag
            if isSame && ours.entityTag != nil { return true }
            guard try await store.digest(path, record.digest.algorithm) == record.digest else {
                throw other(record)
            }
            return true
        }
        if try await store.copy(path, from: source) { return false }
        return try await Scratch.with { file in
            guard let fetched = try await source.fetch(path, to: file, record.digest.algorithm),
                fetched.digest == record.digest
            else { throw PublishError.missingPackage(store: source.name, path: path) }
            let sha256 = try FileDigests.read(file, .sha256).sha256
            let upload = Upload(
                path: path, content: .file(path: file, sha256: sha256), size: record.size,
                contentType: Upload.contentType(path), cacheControl: nil)
            do { _ = try await store.put(upload, .absent) } catch is StoreConflict { return true }
            return false
        }
    }
}
