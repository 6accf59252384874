internal import Host
internal import RepoMetadata

/// What going back came to, or would come to.
public struct RollbackOutcome: Sendable, Codable {
    public let store: String
    /// The keys of the states, and what readers know them by.
    public let from: String
    public let to: String
    public let revision: String
    public let isDryRun: Bool
}

/// Makes an earlier state of a repository the one that readers see. Its metadata and its signature
/// are at the store still, so nothing is built, signed or sent but the two.
public struct Rollback: Sendable {
    let store: any ObjectStore
    let settings: ChangeSettings

    public init(store: any ObjectStore, settings: ChangeSettings) {
        self.store = store
        self.settings = settings
    }

    /// `wanted` is a revision or a key; nil is the state that the present one was made of. It is
    /// not done if somebody else publishes meanwhile: it would take back what nobody has seen yet.
    public func run(to wanted: String?, isDryRun: Bool) async throws -> RollbackOutcome {
        let remote = try await RemoteRepository.readIndex(store)
        guard let current = remote.key else { throw PublishError.nothingThere(store: store.name) }
        let target = try await find(wanted, from: current.text)
        guard
            let repomd = try await store.read(
                HistoryKey.repomdPath(target), limit: RepositoryLimits.repomd)
        else { throw PublishError.noState(store: store.name, wanted: target) }
        let signature = try await store.read(
            HistoryKey.signaturePath(target), limit: RepositoryLimits.repomd)
        if signature == nil && remote.signature != nil {
            throw PublishError.unsignedState(store: store.name, key: target)
        }
        let index = try RemoteRepository.parse(repomd.bytes, store: store.name)
        try await check(index)
        let outcome = RollbackOutcome(
            store: store.name, from: current.text, to: target, revision: index.revision,
            isDryRun: isDryRun)
        if isDryRun { return outcome }
        do {
            try await IndexSwitch(store: store, remote: remote).run(
                Upload.small(PublishPlan.repomdPath, repomd.bytes),
                signature: signature.map { .small(PublishPlan.signaturePath, $0.bytes) })
        } catch is StoreConflict {
            throw PublishError.publishedMeanwhile(store: store.name)
        }
        try await note(
            from: current, to: HistoryKey(repomd: repomd.bytes, revision: index.revision))
        return outcome
    }

    private func find(_ wanted: String?, from current: String) async throws -> String {
        let reader = HistoryReader(store: store)
        guard let wanted else {
            guard let parent = try await reader.record(current)?.parent else {
                throw PublishError.noHistory(store: store.name, key: current)
            }
            return parent
        }
        let fits = { (key: String) in key == wanted || key.hasPrefix("\(wanted)-") }
        if let key = try await reader.first(from: current, where: fits) { return key }
        // What was left by an earlier rollback.
        for event in try await reader.rollbacks().reversed() {
            guard let left = event.parent else { continue }
            if fits(left) { return left }
            if let key = try await reader.first(from: left, where: fits) { return key }
        }
        throw PublishError.noState(store: store.name, wanted: wanted)
    }

    /// That the state's metadata was not removed meanwhile.
    private func check(_ index: RepomdIndex) async throws {
        _ = try await Bounded.map(index.records, limit: ChangeRun.parallelUploads) { record in
            let path = try RepositoryPath.checked(record.location)
            if try await store.head(path) == nil {
                throw PublishError.missingMetadata(store: store.name, path: path)
            }
        }
    }

    private func note(from: HistoryKey, to: HistoryKey) async throws {
        let time = settings.now()
        let record = HistoryRecord(
            key: to, parent: from, time: time, who: settings.who, verb: "rollback")
        _ = try await store.put(
            .kept(HistoryKey.rollbackPath(to.text, time: time), try record.bytes), nil)
    }
}
