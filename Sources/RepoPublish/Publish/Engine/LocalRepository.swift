internal import Digests
internal import Host
internal import RepoMetadata

/// An indexed directory, every file of which was found to be what the index says.
struct LocalRepository: Sendable {
    let index: RepomdIndex
    let state: RepositoryState
    let offer: PackageOffer
    /// What stores its metadata.
    let uploads: [Upload]
    let repomd: [UInt8]
    /// Nil if the repository is not signed.
    let signature: [UInt8]?

    /// `root` must be absolute. `workers` files are read at once.
    static func load(_ root: String, workers: Int) async throws -> LocalRepository {
        let store = DirectoryStore(root: root)
        let local = try await RemoteRepository.read(store)
        guard let repomd = local.repomd, let index = local.index else {
            throw PublishError.notIndexed(path: "\(root)/\(PublishPlan.repomdPath)")
        }
        // Its files may be stored as they are, and then nothing else looks into them.
        try await RemoteRepository.check(local.state, store, workers: workers)
        let uploads = try await Bounded.map(index.records, limit: workers) { record in
            try await upload(record, root)
        }
        let digests = await PackageHashing(records: local.state.records, root: root).run()
        let origins = try await Bounded.map(
            Array(local.state.records.enumerated()), limit: workers
        ) { index, record in
            try await origin(record, root, digests[index])
        }
        return LocalRepository(
            index: index, state: local.state,
            offer: PackageOffer(records: local.state.records, origins: origins) {
                try local.state.pieces($0)
            }, uploads: uploads, repomd: repomd.bytes, signature: local.signature?.bytes)
    }

    private static func upload(
        _ record: RepomdIndex.Record, _ root: String
    ) async throws -> Upload {
        let path = try RepositoryPath.checked(record.location)
        let name = path.split(separator: "/").last ?? ""
        guard name.hasPrefix(record.digest.hex) else { throw PublishError.plainName(path: path) }
        let file = try read("\(root)/\(path)", record.digest)
        return Upload(
            path: path, content: .file(path: "\(root)/\(path)", sha256: file.sha256),
            size: file.size, contentType: Upload.contentType(path),
            cacheControl: PublishPlan.forever)
    }

    /// `found` is the file's SHA-256, if it is known already.
    private static func origin(
        _ record: PackageRecord, _ root: String, _ found: Digest?
    ) async throws -> PackageOffer.Origin {
        if record.base != nil { return .elsewhere }
        let path = "\(root)/\(try RepositoryPath.checked(record.path))"
        if let found, found == record.digest { return .file(path: path, sha256: found.hex) }
        return .file(path: path, sha256: try read(path, record.digest).sha256)
    }

    private static func read(_ path: String, _ digest: Digest) throws -> FileDigests {
        let found = try FileDigests.read(path, digest.algorithm)
        guard found.digest == digest else {
            throw PublishError.changed(
                path: path, expected: "\(digest)", found: "\(found.digest)")
        }
        return found
    }
}
