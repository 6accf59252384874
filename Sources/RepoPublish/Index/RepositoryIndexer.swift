internal import Host
internal import RepoMetadata

/// Makes the metadata of a directory of packages.
public struct RepositoryIndexer: Sendable {
    enum Place {
        static let folder = "/repodata"
        static let repomd = "/repodata/repomd.xml"
        static let signature = "/repodata/repomd.xml.asc"
    }

    /// Absolute.
    public let directory: String
    private let options: IndexOptions
    /// Where `repodata` is written.
    private let files: Files
    /// Seconds since 1970.
    private let now: @Sendable () -> Int64

    /// `directory` must be absolute.
    public init(
        directory: String, options: IndexOptions, now: @escaping @Sendable () -> Int64
    ) throws(IndexError) {
        self.directory = directory
        self.options = options
        self.now = now
        files = Files(root: options.output ?? directory)
        if !Files(root: directory).isDirectory("/") { throw .noDirectory(path: directory) }
        if !files.isDirectory("/") { throw .noDirectory(path: files.root) }
    }

    /// Reads the packages and writes the metadata if it is new. A package that cannot be read is
    /// left out and reported. Another run in the same directory is an error.
    public func run(
        _ watch: @escaping @Sendable (IndexEvent) -> Void = { _ in }
    ) async throws -> IndexOutcome {
        let lock = try await IndexLock.take(files)
        let outcome = try await run(watch, lock)
        return outcome
    }

    private func run(
        _ watch: @escaping @Sendable (IndexEvent) -> Void, _ lock: borrowing IndexLock
    ) async throws -> IndexOutcome {
        let old = try OldIndex(files)
        if options.extra.keepsOld { try old.checkReadable() }
        let extra = ExtraFiles(
            files: files, options: options.extra, compression: options.format.extraCompression)
        let others = try extra.read(old: old.index)
        let state = try oldState(old)
        var found = try find(state, watch)
        if let keyrings = options.keyrings {
            found = try await SignedPackages(
                keyrings: keyrings, algorithm: options.format.checksum
            ).select(found, below: directory)
        }
        let (made, snapshot) = try await make(found, state, others, old, watch)
        let writer = IndexWriter(files: files, options: options)
        let isThere = try await writer.isThere(snapshot, old)
        if !isThere { try await writer.write(snapshot, replacing: old, now: now()) }
        return IndexOutcome(
            packages: made.state.records.count, read: made.read, leftOut: made.leftOut,
            duplicates: made.duplicates,
            revision: isThere ? old.index?.revision ?? "" : snapshot.repomd.revision,
            wasWritten: !isThere, files: snapshot.files.map(\.path),
            isSigned: files.exists(Place.signature))
    }

    /// What metadata says of its packages is partly looked at only when it is taken over: what
    /// turns out then not to be usable counts as none.
    private func make(
        _ found: PackageFinder.Found, _ state: RepositoryState,
        _ others: [SnapshotOptions.OtherRecord], _ old: OldIndex,
        _ watch: @escaping @Sendable (IndexEvent) -> Void
    ) async throws -> (Made, Snapshot) {
        do {
            return try await made(found, state, others, old, watch)
        } catch is StateError where !state.records.isEmpty {
            return try await made(found, .empty, others, old, watch)
        }
    }

    private func made(
        _ found: PackageFinder.Found, _ state: RepositoryState,
        _ others: [SnapshotOptions.OtherRecord], _ old: OldIndex,
        _ watch: @escaping @Sendable (IndexEvent) -> Void
    ) async throws -> (Made, Snapshot) {
        let hashes = try options.format.listsHashes ? HashedListCollector(known(old)) : nil
        let made = try await read(found, state, hashes, watch)
        let time = options.format.timestamp ?? now()
        let lists = try hashes.map { try list($0, made.state) }
        let snapshot = try made.state.snapshot(
            snapshotOptions(time, others + (lists.map { [$0] } ?? [])))
        return (made, snapshot)
    }

    /// What can be taken over. Metadata that cannot be used counts as none: it is replaced; but
    /// not where its list of packages is asked for.
    private func oldState(_ old: OldIndex) throws -> RepositoryState {
        if old.repomd == nil { return .empty }
        if options.selection.recyclesList { return try old.state() }
        if options.update == nil { return .empty }
        return (try? old.state()) ?? .empty
    }

    /// The files' hashes that need not be read again.
    private func known(_ old: OldIndex) throws -> HashedLists {
        var known = HashedLists()
        guard let update = options.update else { return known }
        known.take(old)
        for path in update.paths { known.take(try OldIndex(Files(root: path))) }
        return known
    }

    private func list(
        _ hashes: HashedListCollector, _ state: RepositoryState
    ) throws -> SnapshotOptions.OtherRecord {
        var lists = hashes.known
        return try lists.record(
            state.records, options.format.compression, options.format.metadataChecksum)
    }

    private func find(
        _ state: RepositoryState, _ watch: @Sendable (IndexEvent) -> Void
    ) throws -> PackageFinder.Found {
        let isWalk = options.selection.listed == nil && !options.selection.recyclesList
        if isWalk { watch(.walking) }
        let recycled =
            options.selection.recyclesList
            ? state.records.map { String(decoding: $0.location, as: UTF8.self) } : []
        let finder = PackageFinder(root: directory, selection: options.selection)
        let found = try finder.find(recycled: recycled)
        watch(.found(found.packages.count))
        return found
    }

    private struct Made {
        var state: RepositoryState
        var read: Int
        var leftOut: [LeftOut]
        var duplicates: [DuplicatePackages]
    }

    private func read(
        _ found: PackageFinder.Found, _ old: RepositoryState, _ hashes: HashedListCollector?,
        _ watch: @escaping @Sendable (IndexEvent) -> Void
    ) async throws -> Made {
        let old = options.update == nil ? .empty : old
        let others = try (options.update?.paths ?? []).map { path in
            try OldIndex(Files(root: path)).state()
        }
        if options.update != nil {
            watch(.loaded(others.reduce(old.records.count) { $0 + $1.records.count }))
        }
        let plan = IndexPlan(
            found.packages, old: old, others: others, options: options, hashes: hashes?.known)
        watch(.reading(plan.read.count, workers: options.workers))
        let read = await PackageReader(root: directory, options: options, hashes: hashes)
            .read(plan.read, watch)
        var state = try old.changing(remove: plan.removed, add: read.state)
        for (number, other) in others.enumerated() {
            let borrowed = plan.borrowed.filter { $0.state == number }.map(\.index)
            let rest = Set(other.records.indices).subtracting(borrowed)
            state = try state.changing(
                remove: [], add: try other.changing(remove: rest, add: .empty))
        }
        var made = Made(
            state: state, read: read.state.records.count,
            leftOut: found.leftOut + read.leftOut, duplicates: [])
        for package in made.leftOut { watch(.leftOut(package)) }
        watch(.finished(leftOut: made.leftOut.count))
        try resolveDuplicates(&made)
        return made
    }

    private func resolveDuplicates(_ made: inout Made) throws {
        let duplicates = Duplicates(made.state.records)
        if duplicates.groups.isEmpty { return }
        made.duplicates = duplicates.packages
        switch options.duplicates {
        case .warn: break
        case .keepLast:
            made.state = try made.state.changing(remove: duplicates.superseded, add: [])
        case .error: throw IndexError.duplicates(duplicates.packages)
        }
    }

    private func snapshotOptions(
        _ time: Int64, _ others: [SnapshotOptions.OtherRecord]
    ) -> SnapshotOptions {
        SnapshotOptions(
            compression: options.format.compression, algorithm: options.format.metadataChecksum,
            hasUniqueNames: options.format.hasUniqueNames, revision: options.format.revision,
            time: time, tags: options.format.tags, others: others)
    }
}
