internal import RepoMetadata

/// Reads what publishers told of a repository's states.
struct HistoryReader: Sendable {
    /// States that are followed back.
    static let maximumStates = 10_000

    let store: any ObjectStore

    /// The key of what readers see now; nil if nothing is published.
    func current() async throws -> HistoryKey? {
        guard
            let repomd = try await store.read(
                PublishPlan.repomdPath, limit: RepositoryLimits.repomd)
        else { return nil }
        return try RemoteRepository.key(repomd.bytes, store: store.name)
    }

    func record(_ key: String) async throws -> HistoryRecord? {
        try await read(HistoryKey.recordPath(key))
    }

    /// The records of a state and of those that it came from, newest first, up to one that is
    /// `known`.
    func chain(
        from key: String, limit: Int, until known: Set<String> = []
    ) async throws -> [HistoryRecord] {
        var found: [HistoryRecord] = []
        var seen = known
        var next: String? = key
        while let key = next, found.count < min(limit, Self.maximumStates),
            seen.insert(key).inserted
        {
            guard let record = try await record(key) else { break }
            found.append(record)
            next = record.parent
        }
        return found
    }

    /// The first state that fits, of those that one came from.
    func first(from key: String, where fits: (String) -> Bool) async throws -> String? {
        var seen: Set = [key]
        var next = try await record(key)?.parent
        while let key = next, seen.count < Self.maximumStates, seen.insert(key).inserted {
            if fits(key) { return key }
            next = try await record(key)?.parent
        }
        return nil
    }

    /// The records of rollbacks, oldest first; none where the place cannot be listed.
    func rollbacks() async throws -> [HistoryRecord] {
        let paths = try await store.list(HistoryKey.folder) ?? [:]
        var found: [HistoryRecord] = []
        for path in paths.keys.sorted() where path.hasSuffix(".rollback.json") {
            if let record = try await read(path) { found.append(record) }
        }
        return found.sorted { $0.time < $1.time }
    }

    /// The paths that an earlier state names: its metadata, and its packages. One whose metadata is
    /// not there any more is of no use to anybody.
    func names(of key: String) async throws -> Set<String> {
        guard
            let repomd = try await store.read(
                HistoryKey.repomdPath(key), limit: RepositoryLimits.repomd),
            let index = try? RepomdIndex(reading: repomd.bytes, acceptsWeak: true)
        else { return [] }
        var names = Set(index.records.map(\.location))
        do {
            names.formUnion(try await RemoteRepository.records(index, store).map(\.path))
        } catch PublishError.missingMetadata {}
        return names
    }

    private func read(_ path: String) async throws -> HistoryRecord? {
        try await store.read(path, limit: RepositoryLimits.history)
            .flatMap { HistoryRecord.reading($0.bytes) }
    }
}
