internal import Host
internal import RepoMetadata

/// Changes a published repository: reads what is there, decides, stores what is new, and replaces
/// `repomd.xml` last and only if nobody else did. If somebody did, it takes their state and makes
/// the change again.
public struct ChangeRun: Sendable {
    /// Objects that are sent at once.
    public static let parallelUploads = 4
    /// How often the change is made.
    public static let maximumAttempts = 200
    /// How long others may come first, in all.
    public static let patience = Duration.seconds(600)
    /// The longest wait after a conflict; the first is a sixteenth of it.
    static let longestPause = Duration.milliseconds(1600)

    let store: any ObjectStore
    let change: any RepositoryChange
    let settings: ChangeSettings
    /// The directory that is published; its index is used as it is where it says all.
    var own: LocalRepository?
    /// Where packages come from that are no files of this machine.
    var source: (any ObjectStore)?

    public init(
        store: any ObjectStore, change: any RepositoryChange, settings: ChangeSettings,
        source: (any ObjectStore)? = nil
    ) {
        self.store = store
        self.change = change
        self.settings = settings
        self.source = source
    }

    /// What would be done now.
    public func dryRun() async throws -> PublishOutcome {
        let remote = try await RemoteRepository.read(store)
        let change = try change.begun(seeing: remote.state.records)
        var sender = try await makeSender()
        guard let next = try decide(change, remote) else {
            return outcome(nil, remote, sender, attempts: 1, isDryRun: true)
        }
        try await sender.plan(next.edit.add, on: remote)
        let plan = try PublishPlan(
            next, signature: next.placeholder, after: remote, record: record(next, remote))
        return outcome(next, remote, sender, plan.uploads, attempts: 1, isDryRun: true)
    }

    public func run() async throws -> PublishOutcome {
        let deadline = Deadline(settings.clock, Self.patience)
        var remote = try await RemoteRepository.read(store)
        let change = try change.begun(seeing: remote.state.records)
        var sender = try await makeSender()
        for attempt in 1... {
            guard let next = try decide(change, remote, attempt: attempt) else {
                try await sender.send([], on: remote)
                return outcome(nil, remote, sender, attempts: attempt)
            }
            try await sender.send(next.edit.add, on: remote)
            do {
                let uploads = try await put(next, remote)
                try await sender.checkReused()
                return outcome(next, remote, sender, uploads, attempts: attempt)
            } catch let conflict as StoreConflict {
                guard attempt < Self.maximumAttempts, !deadline.hasPassed else {
                    throw PublishError.conflict(store: store.name, path: conflict.path)
                }
            }
            settings.progress(.conflict(attempt: attempt))
            let bound = Self.longestPause * (1 << min(attempt - 1, 4)) / 16
            try await settings.clock.sleep(for: bound * settings.random())
            remote = try await RemoteRepository.read(store)
        }
        throw PublishError.conflict(store: store.name, path: PublishPlan.repomdPath)
    }

    private func makeSender() async throws -> PackageSender {
        var sender = PackageSender(
            store: store, source: source, offer: change.offer, progress: settings.progress)
        if own != nil {
            guard let listing = try await store.list("") else {
                throw PublishError.notListed(store: store.name)
            }
            sender.listing = listing
        }
        return sender
    }

    /// After a conflict, a change that has nothing left to do was done: by our own request, whose
    /// answer was lost, or by somebody else.
    private func decide(
        _ change: any RepositoryChange, _ remote: RemoteRepository, attempt: Int = 1
    ) throws -> NextState? {
        do {
            return try NextState.decide(
                change, on: remote, own: own, store: store.name, hasKey: settings.key != nil,
                time: settings.now())
        } catch let error as PublishError {
            guard attempt > 1, case .noMatch = error else { throw error }
            return nil
        }
    }

    private func record(_ next: NextState, _ remote: RemoteRepository) -> HistoryRecord {
        HistoryRecord(
            key: HistoryKey(repomd: next.repomd, revision: next.revision), parent: remote.key,
            time: settings.now(), who: settings.who, verb: change.verb, added: next.added,
            removed: next.removed, packages: next.packages)
    }

    /// Stores all but the packages. Throws ``StoreConflict`` if somebody else was faster.
    private func put(_ next: NextState, _ remote: RemoteRepository) async throws -> [Upload] {
        var signature = next.ownSignature
        if let key = settings.key {
            signature = try await MetadataSigner(key: key).sign(next.repomd)
        }
        let plan = try PublishPlan(
            next, signature: signature, after: remote, record: record(next, remote))
        _ = try await Bounded.map(plan.metadata + plan.history, limit: Self.parallelUploads) {
            _ = try await store.put($0, nil)
            settings.progress(.sent(path: $0.path, bytes: $0.size))
        }
        _ = try await Bounded.map(plan.past, limit: Self.parallelUploads) {
            do { _ = try await store.put($0, .absent) } catch is StoreConflict {}
        }
        try await IndexSwitch(store: store, remote: remote)
            .run(plan.repomd, signature: plan.signature)
        return plan.uploads
    }

    private func outcome(
        _ next: NextState?, _ remote: RemoteRepository, _ sender: PackageSender,
        _ uploads: [Upload] = [], attempts: Int, isDryRun: Bool = false
    ) -> PublishOutcome {
        PublishOutcome(
            store: store.name, verb: change.verb,
            revision: next?.revision ?? remote.index?.revision ?? "",
            packages: next?.packages ?? remote.state.records.count, added: next?.added ?? [],
            removed: next?.removed ?? [],
            sent: sender.sent
                + uploads.map { PublishOutcome.Sent(path: $0.path, size: $0.size) },
            unchanged: sender.unchanged + (next == nil ? 1 : 0), attempts: attempts,
            isDryRun: isDryRun)
    }
}

extension NextState {
    var ownSignature: [UInt8]? {
        if case .own(let bytes) = signing { return bytes }
        return nil
    }

    /// For a plan that is only shown.
    var placeholder: [UInt8]? { signing == .key ? [] : ownSignature }
}

/// A moment after which nothing is tried again.
struct Deadline {
    private let isOver: () -> Bool

    init<C: Clock<Duration>>(_ clock: C, _ patience: Duration) {
        let end = clock.now.advanced(by: patience)
        isOver = { clock.now >= end }
    }

    var hasPassed: Bool { isOver() }
}
