internal import Host
internal import RPM
internal import Solver

/// One installation, from the question to the transaction.
struct InstallRun: Sendable {
    let installer: Installer
    let request: InstallRequest
    let cache: InstallCache
    let progress: @Sendable (InstallProgress) -> Void
    let meter = FetchMeter()

    func outcome() async throws -> InstallOutcome {
        let root = installer.root
        try await RPMLibrary.run { try RPMDatabase.removeUnfinished(root: root) }
        if let done = try await alreadyDone() { return done }
        let readers = try await installer.withMetadataDeadline { try await openRepositories() }
        progress(.resolving(names: request.names))
        let resolution = try await resolve(readers)
        let kept = readers.reduce(into: Set<String>()) { $0.formUnion($1.cachedNames) }
        try cache.prune(keepingMetadata: kept)
        if !request.isDryRun, !resolution.steps.isEmpty {
            try await apply(resolution, readers)
        }
        return outcome(resolution)
    }

    /// Without a look at the repositories: a node that reboots needs none of them.
    private func alreadyDone() async throws -> InstallOutcome? {
        guard !request.upgrades, RPMDatabase.exists(root: installer.root),
            let resolution = try? await resolve(sources: []), resolution.steps.isEmpty
        else { return nil }
        return outcome(resolution)
    }

    private func openRepositories() async throws -> [RepositoryReader] {
        var readers: [RepositoryReader] = []
        for repository in installer.repositories {
            progress(.readingMetadata(repository: repository.id))
            readers.append(
                try await RepositoryReader.open(
                    repository, transport: try await installer.transport(repository),
                    cache: cache, meter: meter, clock: installer.clock))
        }
        return readers
    }

    private func resolve(_ readers: [RepositoryReader]) async throws -> Resolution {
        do {
            return try await resolve(sources: try await sources(readers, withFiles: false))
        } catch let error as SolverError where error.mayDependOnFiles {
            let sources = try await sources(readers, withFiles: true)
            guard sources.contains(where: { $0.filelists != nil }) else { throw error }
            return try await resolve(sources: sources)
        }
    }

    private func sources(
        _ readers: [RepositoryReader], withFiles: Bool
    ) async throws -> [SolverInput.Source] {
        try await installer.withMetadataDeadline {
            var sources: [SolverInput.Source] = []
            for reader in readers { sources.append(try await reader.source(withFiles: withFiles)) }
            return sources
        }
    }

    private func resolve(sources: [SolverInput.Source]) async throws -> Resolution {
        let root = installer.root
        let input = SolverInput(
            root: root, hasDatabase: RPMDatabase.exists(root: root),
            architecture: installer.architecture, sources: sources, names: request.names,
            assumed: request.assumed, upgrades: request.upgrades)
        return try await RPMLibrary.run {
            try RPMDatabase.withPath(root: root) { try input.resolve() }
        }
    }

    private func apply(_ resolution: Resolution, _ readers: [RepositoryReader]) async throws {
        let packages = try await fetch(resolution.candidates, readers)
        progress(.verifying(packages: packages.count))
        for reader in readers {
            let own = packages.filter { $0.candidate.repositoryID == reader.repository.id }
            try await reader.keyring.verify(
                packages: own.map { SignedPackage(path: $0.path, name: $0.url) })
        }
        progress(.installing(packages: packages.count))
        let transaction = PackageTransaction(
            root: installer.root, keyring: Keyring(joining: readers.map(\.keyring)),
            installs: packages.map { .init(path: $0.path, identity: $0.candidate.identity) },
            removals: resolution.steps.compactMap(\.ownRemoval),
            assumed: Set(
                request.assumed.compactMap { $0.split(separator: " ").first.map(String.init) }),
            lockDeadline: installer.deadlines.lock)
        try await transaction.run(clock: installer.clock)
    }

    private func fetch(
        _ candidates: [Candidate], _ readers: [RepositoryReader]
    ) async throws -> [FetchedPackage] {
        let byID = Dictionary(uniqueKeysWithValues: readers.map { ($0.repository.id, $0) })
        let fetch = PackageFetch(readers: byID, progress: progress)
        return try await installer.withDeadline(
            installer.deadlines.packages, waitingFor: "fetching \(candidates.count) packages"
        ) { try await fetch.fetch(candidates) }
    }

    private func outcome(_ resolution: Resolution) -> InstallOutcome {
        var outcome = InstallOutcome()
        outcome.isDryRun = request.isDryRun
        outcome.unchanged = resolution.unchanged
        outcome.fetchedPackages = meter.packages
        outcome.fetchedBytes = meter.bytes
        for step in resolution.steps {
            switch step {
            case .install(let candidate): outcome.installed.append(candidate.identity)
            case .upgrade(let from, let candidate):
                outcome.upgraded.append(.init(from: from, to: candidate.identity))
            case .remove(let identity, _, _): outcome.removed.append(identity)
            }
        }
        return outcome
    }
}

extension Resolution.Step {
    /// The package to remove explicitly, if this is such a step.
    fileprivate var ownRemoval: UInt32? {
        guard case .remove(_, let number, isReplaced: false) = self else { return nil }
        return number
    }
}

extension Installer {
    func withMetadataDeadline<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withDeadline(
            deadlines.metadata, waitingFor: "reading the metadata of the repositories", body)
    }

    /// A run that takes longer ends with an error that names what took so long.
    fileprivate func withDeadline<Result: Sendable>(
        _ limit: Duration, waitingFor what: String,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await Host.withDeadline(
            limit, clock: clock,
            late: {
                InstallError.timedOut(waitingFor: what, seconds: limit.components.seconds)
            }, body)
    }
}
