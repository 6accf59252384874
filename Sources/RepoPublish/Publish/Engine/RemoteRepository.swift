internal import Digests
internal import Host
internal import RepoMetadata

/// A published repository as it was at one moment: all that changing it takes, and no package.
struct RemoteRepository: Sendable {
    /// How often it is read anew when its metadata goes away in the middle.
    static let maximumAttempts = 5

    /// Nil if nothing is published there.
    let repomd: StoredBytes?
    /// Nil if it is not signed.
    let signature: StoredBytes?
    let index: RepomdIndex?
    let state: RepositoryState

    var key: HistoryKey? {
        guard let repomd, let index else { return nil }
        return HistoryKey(repomd: repomd.bytes, revision: index.revision)
    }

    static func read(_ store: any ObjectStore) async throws -> RemoteRepository {
        var attempt = 1
        while true {
            let remote = try await readIndex(store)
            guard let index = remote.index else { return remote }
            do {
                return RemoteRepository(
                    repomd: remote.repomd, signature: remote.signature, index: index,
                    state: try await state(index, store))
            } catch let missing as MissingMetadata {
                // A new state and the removal of the old one's files may both have come just now.
                guard attempt < maximumAttempts else {
                    throw PublishError.missingMetadata(store: store.name, path: missing.path)
                }
                attempt += 1
            }
        }
    }

    /// All but the packages.
    static func readIndex(_ store: any ObjectStore) async throws -> RemoteRepository {
        async let signature = store.read(PublishPlan.signaturePath, limit: RepositoryLimits.repomd)
        let repomd = try await store.read(PublishPlan.repomdPath, limit: RepositoryLimits.repomd)
        return RemoteRepository(
            repomd: repomd, signature: try await signature,
            index: try repomd.map { try parse($0.bytes, store: store.name) }, state: .empty)
    }

    static func parse(_ repomd: [UInt8], store: String) throws -> RepomdIndex {
        do {
            return try RepomdIndex(reading: repomd, acceptsWeak: true)
        } catch {
            throw PublishError.unreadable(
                path: store + PublishPlan.repomdPath, reason: "\(error)")
        }
    }

    static func key(_ repomd: [UInt8], store: String) throws -> HistoryKey {
        HistoryKey(repomd: repomd, revision: try parse(repomd, store: store).revision)
    }

    /// The packages that an index names. With `workers`, the three files are known to be of them.
    static func records(
        _ index: RepomdIndex, _ store: any ObjectStore, checkedBy workers: Int? = nil
    ) async throws -> [PackageRecord] {
        do {
            let state = try await state(index, store)
            if let workers { try await check(state, store, workers: workers) }
            return state.records
        } catch let missing as MissingMetadata {
            throw PublishError.missingMetadata(store: store.name, path: missing.path)
        }
    }

    /// Throws unless the three files are of the same packages, down to what was not opened yet.
    static func check(
        _ state: RepositoryState, _ store: any ObjectStore, workers: Int
    ) async throws {
        do {
            try await state.check(workers: workers)
        } catch let error as StateError {
            throw PublishError.unreadable(
                path: store.name + PublishPlan.repomdPath, reason: "\(error)")
        }
    }

    private struct MissingMetadata: Error { let path: String }

    private static func state(
        _ index: RepomdIndex, _ store: any ObjectStore
    ) async throws -> RepositoryState {
        let files = try await Bounded.map(MetadataFile.allCases, limit: 3) { kind in
            try await read(kind, index, store)
        }
        do {
            return try RepositoryState(primary: files[0], filelists: files[1], other: files[2])
        } catch {
            throw PublishError.unreadable(
                path: store.name + PublishPlan.repomdPath, reason: "\(error)")
        }
    }

    private static func read(
        _ kind: MetadataFile, _ index: RepomdIndex, _ store: any ObjectStore
    ) async throws -> [UInt8] {
        guard let record = index.record(kind.rawValue) else {
            throw PublishError.unreadable(
                path: store.name + PublishPlan.repomdPath,
                reason: "it has no record '\(kind.rawValue)'")
        }
        let path = try RepositoryPath.checked(record.location)
        guard let file = try await store.read(path, limit: RepositoryLimits.metadata) else {
            throw MissingMetadata(path: path)
        }
        let found = Digest.of(file.bytes, record.digest.algorithm)
        guard found == record.digest else {
            throw PublishError.unreadable(
                path: store.name + path, reason: "expected \(record.digest), found \(found)")
        }
        return file.bytes
    }
}

/// Paths that an index names.
enum RepositoryPath {
    /// Throws unless a path stays below the repository's root.
    static func checked(_ path: String) throws -> String {
        if path.isEmpty || path.hasPrefix("/") || path.split(separator: "/").contains("..") {
            throw PublishError.badPath(path)
        }
        return path
    }
}
