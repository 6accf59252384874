internal import FoundationEssentials
internal import Host
internal import RPM
internal import Solver

/// Installs packages from repositories into a root: reads and checks metadata, resolves, fetches,
/// verifies and runs one transaction. Nothing is installed unless all of it was verified; after a
/// kill at any moment the same call goes on.
///
/// As another user than root it works inside a user namespace alone (`unshare --map-root-user`):
/// librpm changes its root directory.
public struct Installer: Sendable {
    /// How long other work may keep the lock, and what has to be fetched may take.
    public struct Deadlines: Sendable, Hashable {
        public var lock: Duration = .seconds(300)
        public var metadata: Duration = .seconds(600)
        public var packages: Duration = .seconds(3600)

        public init() {}
    }

    /// The root directory to install into, absolute; `/` is the running system.
    public let root: String
    public let repositories: [Repository]
    public var deadlines = Deadlines()
    /// The machine's architecture, as RPM calls it.
    public var architecture = currentArchitecture()
    /// How many packages are fetched side by side.
    public var parallelFetches = PackageFetch.maximumParallel
    public var clock: any Clock<Duration> = ContinuousClock()
    /// Seconds since 1970.
    public var now: @Sendable () -> Int64 = {
        Int64(WallClock.now().timeIntervalSince1970)
    }
    /// What tells one start of the machine from another; empty where nothing does.
    public var boot: @Sendable () -> String = { currentBoot() }
    let transport: @Sendable (Repository, String) async throws -> any RepositoryTransport

    /// - Parameter transport: makes what fetches from one of a repository's URLs.
    public init(
        root: String, repositories: [Repository],
        transport: @escaping @Sendable (Repository, String) async throws -> any RepositoryTransport
    ) {
        self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
        self.repositories = repositories
        self.transport = transport
    }

    /// What was done below the root so far.
    public var history: TransactionHistory { TransactionHistory(root: root) }

    /// Does what `request` says. Throws ``InstallError``, ``TransportError``, or an error of
    /// the solver, of a signature or of librpm; each describes itself in one line.
    public func change(
        _ request: InstallRequest,
        progress: @escaping @Sendable (InstallProgress) -> Void = { _ in }
    ) async throws -> InstallOutcome {
        try check(request)
        let cache = try InstallCache(root: root)
        let lock = try await InstallLock.acquire(
            try cache.lockPath(), deadline: deadlines.lock, clock: clock)
        let run = InstallRun(
            installer: self, request: request, cache: cache, progress: progress)
        let outcome = try await run.outcome()
        _ = consume lock
        return outcome
    }

    /// The same, of an installation.
    public func install(
        _ request: InstallRequest,
        progress: @escaping @Sendable (InstallProgress) -> Void = { _ in }
    ) async throws -> InstallOutcome { try await change(request, progress: progress) }

    func check(
        _ request: InstallRequest, needsKeys: Bool = true
    ) throws(InstallError) {
        if needsKeys, request.names.isEmpty, request.action != .upgrade { throw .nothingAsked }
        if needsKeys, repositories.isEmpty, request.takesRepositories { throw .noRepository }
        guard root.hasPrefix("/") else {
            throw .localFile(path: root, reason: "the root must be an absolute path")
        }
        var seen: Set<String> = ["@System"]
        for repository in repositories {
            guard seen.insert(repository.id).inserted, !repository.id.isEmpty else {
                throw .badRepository(id: repository.id, reason: "its id is empty or taken")
            }
            guard !needsKeys || !repository.keys.isEmpty || !request.takesRepositories else {
                throw .noKey(repository: repository.id)
            }
        }
    }
}
