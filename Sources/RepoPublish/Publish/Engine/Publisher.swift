/// Publishes an indexed directory: what it has is added to what is there.
public struct Publisher: Sendable {
    let directory: String
    let store: any ObjectStore
    let settings: ChangeSettings
    let replaces: Bool
    let deleteLimit: Int?

    /// `directory` must be absolute. With `replaces`, a package takes the place of one of the same
    /// NEVRA under another path. With `deletingAtMost`, packages that are there and not in the
    /// directory go, up to that many.
    public init(
        directory: String, store: any ObjectStore, settings: ChangeSettings,
        replaces: Bool = false, deletingAtMost deleteLimit: Int? = nil
    ) {
        self.directory = directory
        self.store = store
        self.settings = settings
        self.replaces = replaces
        self.deleteLimit = deleteLimit
    }

    public func run() async throws -> PublishOutcome { try await prepared().run() }

    /// What would be done now.
    public func dryRun() async throws -> PublishOutcome { try await prepared().dryRun() }

    private func prepared() async throws -> ChangeRun {
        let local = try await LocalRepository.load(
            directory, workers: ChangeRun.parallelUploads)
        let change = MergeChange(
            verb: "publish", store: store.name, offer: local.offer, replaces: replaces,
            deletingAtMost: deleteLimit)
        var run = ChangeRun(store: store, change: change, settings: settings)
        run.own = local
        return run
    }
}
