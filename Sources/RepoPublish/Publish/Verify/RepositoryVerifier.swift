internal import Archive
internal import Digests
internal import Host
internal import RPM
internal import RepoMetadata

/// Checks a repository as its most careful reader would: every record, checksum, size and package.
public struct RepositoryVerifier: Sendable {
    /// Bytes of one metadata file when decompressed.
    static let maximumOpenSize = 4 << 30
    /// How often a signature is read again that does not fit: the two objects may just be changing.
    static let signatureAttempts = 5
    static let signaturePause = Duration.milliseconds(200)
    static let parallelReads = 8

    let store: any ObjectStore
    let isDeep: Bool
    let keyFiles: [String]

    /// `keyFiles` hold public keys; without them signatures are not checked. Deep reads packages.
    public init(store: any ObjectStore, isDeep: Bool, keyFiles: [String]) {
        self.store = store
        self.isDeep = isDeep
        self.keyFiles = keyFiles
    }

    public func run() async throws -> VerifyReport {
        let keyring = try await keyring()
        let (remote, signatureProblem) = try await readSigned(keyring)
        guard let index = remote.index else {
            throw PublishError.nothingThere(store: store.name)
        }
        var problems = signatureProblem.map { [$0] } ?? []
        for record in index.records { problems += try await check(record) }
        var records: [PackageRecord] = []
        if problems.allSatisfy({ $0.path == PublishPlan.signaturePath }) {
            do {
                records = try await RemoteRepository.records(
                    index, store, checkedBy: Self.parallelReads)
            } catch let error as PublishError {
                problems.append(.init(path: PublishPlan.repomdPath, reason: "\(error)"))
            }
        }
        let isReadable = problems.allSatisfy { $0.path == PublishPlan.signaturePath }
        let listing = try await store.list("")
        let found = try await Bounded.map(records, limit: Self.parallelReads) { record in
            try await check(record, listing, keyring)
        }
        return VerifyReport(
            store: store.name, revision: index.revision, packages: records.count,
            isSigned: remote.signature != nil,
            isSignatureChecked: keyring != nil && remote.signature != nil, isDeep: isDeep,
            problems: problems + WeakChecksums.problems(index, records) + found.flatMap { $0 },
            unreferenced: isReadable ? try await unreferenced(listing, index, records) : nil)
    }

    private func keyring() async throws -> Keyring? {
        if keyFiles.isEmpty { return nil }
        return try await Keyring.reading(
            keyFiles.map { KeyFile(name: $0, bytes: try Files().read($0)) })
    }

    private func readSigned(
        _ keyring: Keyring?
    ) async throws -> (RemoteRepository, VerifyReport.Problem?) {
        var attempt = 1
        while true {
            let remote = try await RemoteRepository.readIndex(store)
            guard let keyring, let repomd = remote.repomd else { return (remote, nil) }
            let path = PublishPlan.signaturePath
            guard let signature = remote.signature else {
                return (remote, .init(path: path, reason: "it is missing"))
            }
            do {
                try await keyring.verify(
                    signature: signature.bytes, of: repomd.bytes, name: store.name + path)
                return (remote, nil)
            } catch let error as SignatureError {
                guard attempt < Self.signatureAttempts else {
                    return (remote, .init(path: path, reason: "\(error)"))
                }
            }
            attempt += 1
            try await Task.sleep(for: Self.signaturePause)
        }
    }

    /// A metadata file is what `repomd.xml` says, packed and unpacked.
    private func check(_ record: RepomdIndex.Record) async throws -> [VerifyReport.Problem] {
        let path = try RepositoryPath.checked(record.location)
        func problem(_ reason: String) -> [VerifyReport.Problem] {
            [.init(path: path, reason: reason)]
        }
        guard let file = try await store.read(path, limit: RepositoryLimits.metadata) else {
            return problem("it is missing")
        }
        if let size = record.size, size != Int64(file.bytes.count) {
            return problem("it has \(file.bytes.count) bytes, not \(size)")
        }
        let digest = Digest.of(file.bytes, record.digest.algorithm)
        guard digest == record.digest else {
            return problem("it has \(digest), not \(record.digest)")
        }
        guard let openDigest = record.openDigest else { return [] }
        do {
            let open = try Decompressor.decompress(
                file.bytes, limit: Self.maximumOpenSize, name: path)
            let found = Digest.of(open, openDigest.algorithm)
            if found != openDigest { return problem("unpacked it has \(found), not \(openDigest)") }
            if let size = record.openSize, size != Int64(open.count) {
                return problem("unpacked it has \(open.count) bytes, not \(size)")
            }
            return []
        } catch {
            return problem("\(error)")
        }
    }

    private func check(
        _ record: PackageRecord, _ listing: [String: StoredObject]?, _ keyring: Keyring?
    ) async throws -> [VerifyReport.Problem] {
        if record.base != nil { return [] }
        let path = record.path
        guard (try? RepositoryPath.checked(path)) != nil else {
            return [.init(path: path, reason: "it is not below the repository's root")]
        }
        let object = listing == nil ? try await store.head(path) : listing?[path]
        guard let object else { return [.init(path: path, reason: "it is missing")] }
        guard object.size == record.size else {
            return [
                .init(path: path, reason: "it has \(object.size) bytes, not \(record.size)")
            ]
        }
        return isDeep ? try await read(record, keyring) : []
    }

    private func read(
        _ record: PackageRecord, _ keyring: Keyring?
    ) async throws -> [VerifyReport.Problem] {
        try await Scratch.with { file in
            let path = record.path
            let fetched = try await store.fetch(path, to: file, record.digest.algorithm)
            guard let fetched else { return [.init(path: path, reason: "it is missing")] }
            guard fetched.digest == record.digest else {
                return [
                    .init(path: path, reason: "it has \(fetched.digest), not \(record.digest)")
                ]
            }
            do {
                _ = try SinglePackage.read(file)
                if let keyring {
                    try await keyring.verify(packages: [SignedPackage(path: file, name: path)])
                }
                return []
            } catch {
                return [.init(path: path, reason: "\(error)")]
            }
        }
    }

    /// Earlier states may name what the present one does not; they are read only as far as needed.
    private func unreferenced(
        _ listing: [String: StoredObject]?, _ index: RepomdIndex, _ records: [PackageRecord]
    ) async throws -> [VerifyReport.Unreferenced]? {
        guard let listing else { return nil }
        var left = Set(listing.keys.filter(GarbagePlan.isOurs))
            .subtracting(index.records.map(\.location)).subtracting(records.map(\.path))
            .filter { !$0.hasPrefix(HistoryKey.folder) }
        for path in listing.keys.sorted() where !left.isEmpty {
            guard let key = KeptStates.key(path) else { continue }
            let names = try? await HistoryReader(store: store).names(of: key)
            left.subtract(names ?? [])
        }
        return left.sorted().map { .init(path: $0, size: listing[$0]?.size ?? 0) }
    }
}
