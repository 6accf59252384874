internal import Host
internal import RepoMetadata

/// What removing came to, or would come to.
public struct GarbageOutcome: Sendable, Codable {
    public struct Object: Sendable, Codable, Hashable {
        public let path: String
        /// Bytes.
        public let size: Int64
    }

    public let store: String
    public let removed: [Object]
    /// How many states are kept, the present one among them.
    public let states: Int
    public let isDryRun: Bool
}

/// Removes what no reader can need: packages, metadata and history of states that were left longer
/// ago than a retention.
public struct GarbageCollection: Sendable {
    /// Objects that are removed before it is looked whether somebody published.
    static let batch = 100
    static let maximumAttempts = 10

    let store: any ObjectStore
    /// Seconds.
    let retention: Int64
    let now: @Sendable () -> Int64

    public init(store: any ObjectStore, retention: Int64, now: @escaping @Sendable () -> Int64) {
        self.store = store
        self.retention = retention
        self.now = now
    }

    public func run(isDryRun: Bool) async throws -> GarbageOutcome {
        var removed: [GarbageOutcome.Object] = []
        for _ in 0..<Self.maximumAttempts {
            let (plan, states, repomd) = try await plan()
            let paths = plan.removed.keys.sorted()
            if isDryRun {
                removed = paths.map { .init(path: $0, size: plan.removed[$0] ?? 0) }
                return outcome(removed, states, isDryRun: true)
            }
            var place = 0
            while place < paths.count {
                let present = try await store.read(
                    PublishPlan.repomdPath, limit: RepositoryLimits.repomd)
                guard present?.bytes == repomd else { break }
                let batch = Array(paths[place..<min(place + Self.batch, paths.count)])
                _ = try await Bounded.map(batch, limit: ChangeRun.parallelUploads) {
                    try await store.delete($0)
                }
                removed += batch.map { .init(path: $0, size: plan.removed[$0] ?? 0) }
                place += batch.count
            }
            if place >= paths.count { return outcome(removed, states, isDryRun: false) }
        }
        throw PublishError.conflict(store: store.name, path: PublishPlan.repomdPath)
    }

    private func outcome(
        _ removed: [GarbageOutcome.Object], _ states: KeptStates, isDryRun: Bool
    ) -> GarbageOutcome {
        GarbageOutcome(
            store: store.name, removed: removed, states: states.keys.count, isDryRun: isDryRun)
    }

    /// The listing comes before the index is read: what is published later is young.
    private func plan() async throws -> (GarbagePlan, KeptStates, [UInt8]) {
        let cutoff = now() - retention
        guard let listing = try await store.list("") else {
            throw PublishError.notListed(store: store.name)
        }
        let remote = try await RemoteRepository.read(store)
        guard let repomd = remote.repomd, let current = remote.key, let index = remote.index else {
            throw PublishError.nothingThere(store: store.name)
        }
        let paths = listing.keys.filter {
            $0.hasPrefix(HistoryKey.folder) && $0.hasSuffix(".json")
        }
        let records = try await Bounded.map(paths.sorted(), limit: ChangeRun.parallelUploads) {
            try await store.read($0, limit: RepositoryLimits.history)
                .flatMap { HistoryRecord.reading($0.bytes) }
        }
        let states = KeptStates(
            current: current.text, records: records.compactMap { $0 }, listing: listing,
            cutoff: cutoff)
        var named = Set(index.records.map(\.location))
        named.formUnion(remote.state.records.map(\.path))
        for key in states.keys.sorted() where key != current.text {
            named.formUnion(try await HistoryReader(store: store).names(of: key))
        }
        let plan = GarbagePlan(listing: listing, states: states, named: named, cutoff: cutoff)
        return (plan, states, repomd.bytes)
    }
}
