internal import Host
internal import RPM
internal import Solver

/// Fetching, verifying and the transaction.
extension InstallRun {
    func apply(_ resolution: Resolution, _ readers: [RepositoryReader]) async throws {
        let packages = try await fetch(resolution.candidates, readers)
        progress(.verifying(packages: packages.count))
        for reader in readers {
            let own = packages.filter { $0.candidate.repositoryID == reader.repository.id }
            try await reader.keyring.verify(
                packages: own.map { SignedPackage(path: $0.path, name: $0.url) })
        }
        guard !request.isDownload else { return }
        let installs = packages.map {
            PackageTransaction.Install(
                path: $0.path, identity: $0.candidate.identity,
                way: $0.candidate.isBesideOthers ? .beside : .upgrade)
        }
        try await run(
            try record(resolution, packages), installs,
            removals: resolution.steps.compactMap(\.ownRemoval),
            keyring: Keyring(joining: readers.map(\.keyring)), success: .done)
    }

    private func fetch(
        _ candidates: [Candidate], _ readers: [RepositoryReader]
    ) async throws -> [FetchedPackage] {
        let byID = Dictionary(uniqueKeysWithValues: readers.map { ($0.repository.id, $0) })
        let fetch = PackageFetch(
            readers: byID, parallel: installer.parallelFetches, progress: progress)
        return try await installer.withDeadline(
            installer.deadlines.packages, waitingFor: "fetching \(candidates.count) packages"
        ) { try await fetch.fetch(candidates) }
    }

    private func record(
        _ resolution: Resolution, _ packages: [FetchedPackage]
    ) throws -> TransactionRecord {
        let outcome = InstallOutcome(resolution)
        var record = TransactionRecord(
            number: try installer.history.nextNumber(), asked: request.words,
            begun: installer.now())
        record.packages = packages.map(TransactionRecord.Package.init)
        record.installed = outcome.installed
        record.upgraded = outcome.upgraded
        record.removed = outcome.removed
        record.assumed = assumed
        record.isFirst = !RPMDatabase.exists(root: installer.root)
        return record
    }

    /// Runs a transaction between the two writings of its record.
    func run(
        _ begun: TransactionRecord, _ installs: [PackageTransaction.Install], removals: [UInt32],
        keyring: Keyring, success: TransactionRecord.Result, mendsFiles: Bool = false
    ) async throws {
        progress(.installing(packages: installs.count))
        let history = installer.history
        try history.write(begun)
        var transaction = try transaction(begun, installs, removals, keyring)
        transaction.mendsFiles = mendsFiles
        let boot = installer.boot()
        transaction.started = { [cache] syncsAtEnd in
            // To finish it after a power cut takes its packages.
            try cache.sync()
            var record = begun
            record.boot = boot
            // What an earlier attempt left in memory alone stays doubtful to the end.
            record.syncsAtEnd = syncsAtEnd || begun.syncsAtEnd == true
            try history.write(record)
        }
        var record = begun
        do {
            try await transaction.run(clock: installer.clock)
            record.result = success
        } catch {
            record.result = .failed
            record.error = "\(error)"
            record.ended = installer.now()
            try history.write(record)
            throw error
        }
        record.ended = installer.now()
        try history.write(record)
    }

    private func transaction(
        _ record: TransactionRecord, _ installs: [PackageTransaction.Install],
        _ removals: [UInt32], _ keyring: Keyring
    ) throws -> PackageTransaction {
        var transaction = PackageTransaction(
            root: installer.root, keyring: keyring, installs: installs, removals: removals,
            assumed: Set(
                record.assumed.compactMap { $0.split(separator: " ").first.map(String.init) }),
            lockDeadline: installer.deadlines.lock)
        let file = try installer.history.progress(of: record.number)
        let identities = Dictionary(
            installs.map { ($0.path, $0.identity) }, uniquingKeysWith: { first, _ in first })
        transaction.finished = { path in
            if let identity = identities[path] { file.add(identity) }
        }
        return transaction
    }
}

extension TransactionRecord.Package {
    fileprivate init(_ package: FetchedPackage) {
        let candidate = package.candidate
        self.init(
            identity: candidate.identity, repository: candidate.repositoryID,
            file: RepositoryPath.baseName(package.path),
            digest: "\(candidate.digestAlgorithm):\(candidate.digestHex)",
            location: candidate.location,
            isBesideOthers: candidate.isBesideOthers)
    }
}

extension Resolution.Step {
    /// The package to remove explicitly, if this is such a step.
    fileprivate var ownRemoval: UInt32? {
        guard case .remove(let package, isReplaced: false) = self else { return nil }
        return package.number
    }
}
