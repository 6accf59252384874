internal import Digests
internal import Glibc
internal import RPM

/// What a kill or a power cut left of the last transaction.
extension InstallRun {
    /// Finishes the last transaction if it was cut off, so that whatever comes next finds either
    /// the old set of packages or the new one.
    func finishLast(lostDatabase: Bool) async throws {
        guard var record = try installer.history.last(), record.result == .begun else {
            return try installer.history.forgetProgress()
        }
        let root = installer.root
        let present = try await RPMLibrary.run { RPMDatabase.packages(root: root) }
        let isTorn = record.mayBeTorn(now: installer.boot())
        let recovery = Recovery(
            record, present: present, finished: try installer.history.finished(in: record.number),
            lostDatabase: lostDatabase, isTorn: isTorn)
        guard !recovery.isUntouched, !recovery.isComplete else {
            if recovery.isComplete { sync() }
            record.result = recovery.isUntouched ? .nothingChanged : .finishedLater
            record.ended = installer.now()
            try installer.history.write(record)
            note(
                "transaction \(record.number) (\(record.asked)) was cut off \(record.outcomeWords)")
            return
        }
        note("transaction \(record.number) (\(record.asked)) was cut off and is finished first")
        do {
            // What was noted as whole before the cut no longer is.
            if isTorn { try installer.history.forgetProgress() }
            try await finish(record, recovery, mendsFiles: isTorn)
        } catch let error as InstallError {
            // Said once: the next run goes on with what there is.
            record.result = .failed
            record.error = "\(error)"
            record.ended = installer.now()
            try installer.history.write(record)
            throw error
        }
    }

    private func finish(
        _ record: TransactionRecord, _ recovery: Recovery, mendsFiles: Bool
    ) async throws {
        let packages = recovery.installs + recovery.reinstalls
        let keyring = try await keyring(of: packages, record)
        var installs: [PackageTransaction.Install] = []
        for package in packages {
            let path = try await verifiedPath(package, record)
            let isThere = recovery.reinstalls.contains(package)
            installs.append(
                .init(
                    path: path, identity: package.identity,
                    way: isThere ? .again : package.isBesideOthers ? .beside : .upgrade))
        }
        try await run(
            record, installs, removals: recovery.removals, keyring: keyring,
            success: .finishedLater, mendsFiles: mendsFiles)
    }

    private func keyring(
        of packages: [TransactionRecord.Package], _ record: TransactionRecord
    ) async throws -> Keyring {
        var keyrings: [Keyring] = []
        for id in Set(packages.map(\.repository)).sorted() {
            guard let repository = installer.repositories.first(where: { $0.id == id }) else {
                throw InstallError.cutOff(
                    number: record.number, asked: record.asked,
                    reason: "its repository '\(id)' is not among those of this run")
            }
            keyrings.append(try await RepositoryKeys(repository, installer).keyring())
        }
        return Keyring(joining: keyrings)
    }

    private func verifiedPath(
        _ package: TransactionRecord.Package, _ record: TransactionRecord
    ) async throws -> String {
        let parts = package.digest.split(separator: ":")
        guard parts.count == 2, RepositoryPath.isSafe(package.file),
            !package.file.contains("/"),
            let algorithm = DigestAlgorithm(rawValue: String(parts[0])),
            let digest = Digest(algorithm, hex: String(parts[1]))
        else { throw lost(package, record) }
        let path = try cache.packagePath(package.file)
        if !cache.holds(path, digest) { try await fetch(package, digest, to: path, record) }
        return path
    }

    /// Again, from where it came from. That nobody answers is no reason to give the rest up.
    private func fetch(
        _ package: TransactionRecord.Package, _ digest: Digest, to path: String,
        _ record: TransactionRecord
    ) async throws {
        guard let location = package.location, RepositoryPath.isSafe(location),
            let repository = installer.repositories.first(where: { $0.id == package.repository })
        else { throw lost(package, record) }
        do {
            try await installer.withDeadline(
                installer.deadlines.packages, waitingFor: "fetching '\(location)' again"
            ) { [installer, meter] in
                let mirrors = RepositoryMirrors(repository: repository, installer: installer)
                meter.add(
                    package: try await mirrors.transport().download(
                        location, to: path, digest: digest, size: nil))
            }
        } catch let error as TransportError where error.mayMeanRepublished {
            throw lost(package, record)
        }
    }

    private func lost(
        _ package: TransactionRecord.Package, _ record: TransactionRecord
    ) -> InstallError {
        .cutOff(
            number: record.number, asked: record.asked,
            reason: "'\(package.file)' is no longer in the cache or its repository; "
                + "run '\(record.asked)' again")
    }
}

extension TransactionRecord {
    fileprivate var outcomeWords: String {
        switch result {
        case .nothingChanged: "before it changed anything"
        default: "when all was done"
        }
    }
}
