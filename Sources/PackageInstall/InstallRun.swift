internal import AWS
internal import Host
internal import RPM
internal import Solver

/// One installation, upgrade or removal, from the question to the transaction.
struct InstallRun: Sendable {
    /// So often the repositories' metadata is read, if they are published meanwhile.
    static let maximumReadings = 3

    let installer: Installer
    let request: InstallRequest
    let cache: InstallCache
    let progress: @Sendable (InstallProgress) -> Void
    let meter = FetchMeter()
    let notes = InstallNotes()

    func outcome() async throws -> InstallOutcome {
        let root = installer.root
        let lost = try await RPMLibrary.run { try RPMDatabase.removeUnfinished(root: root) }
        if !request.isDryRun { try await finishLast(lostDatabase: lost) }
        if let done = try await alreadyDone() { return done }
        var readers = try await read(isFresh: false)
        var readings = 1
        while true {
            do {
                return try await outcome(readers)
            } catch let error as TransportError where readings < Self.maximumReadings {
                readers = try await republished(since: readers, error)
                readings += 1
            }
        }
    }

    private func outcome(_ readers: [RepositoryReader]) async throws -> InstallOutcome {
        progress(.resolving(names: request.names))
        let resolution = try await resolve(readers)
        if request.takesRepositories {
            let kept = readers.reduce(into: Set<String>()) { $0.formUnion($1.cachedNames) }
            try cache.prune(keepingMetadata: kept)
        }
        if !request.isDryRun, !resolution.steps.isEmpty {
            try await apply(resolution, readers)
        }
        return outcome(resolution)
    }

    /// What an index names may be gone, or be another file, because the repository was published
    /// anew meanwhile: then its index has changed. Throws `error` if none has.
    private func republished(
        since readers: [RepositoryReader], _ error: TransportError
    ) async throws -> [RepositoryReader] {
        guard error.mayMeanRepublished else { throw error }
        let fresh = try await read(isFresh: true)
        let old = readers.map(\.index.bytes)
        guard fresh.map(\.index.bytes) != old else { throw error }
        return fresh
    }

    /// Without a look at the repositories: a node that reboots needs none of them.
    private func alreadyDone() async throws -> InstallOutcome? {
        guard request.action == .install(newest: false), !request.isDownload,
            RPMDatabase.exists(root: installer.root),
            let resolution = try? await resolve(sources: []), resolution.steps.isEmpty
        else { return nil }
        return outcome(resolution)
    }

    private func outcome(_ resolution: Resolution) -> InstallOutcome {
        var outcome = InstallOutcome(resolution)
        outcome.isDryRun = request.isDryRun
        outcome.isDownload = request.isDownload
        outcome.fetchedPackages = meter.packages
        outcome.fetchedBytes = meter.bytes
        outcome.notes = notes.all
        return outcome
    }

    func note(_ text: String) {
        notes.add(text)
        progress(.note(text))
    }
}

extension InstallOutcome {
    init(_ resolution: Resolution) {
        unchanged = resolution.unchanged
        for step in resolution.steps {
            switch step {
            case .install(let candidate): installed.append(candidate.identity)
            case .upgrade(let from, let candidate):
                upgraded.append(.init(from: from, to: candidate.identity))
            case .remove(let package, _): removed.append(package.identity)
            }
        }
    }
}
