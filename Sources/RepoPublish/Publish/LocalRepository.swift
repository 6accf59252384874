internal import Archive
internal import Digests
internal import Host
internal import RepoMetadata

/// An indexed directory, every file of which was found to be what the index says.
struct LocalRepository: Sendable {
    static let maximumRepomdSize = 1 << 20
    static let maximumPrimarySize = 1 << 30

    struct File: Sendable {
        /// Below the repository's root.
        let path: String
        let digests: FileDigests

        /// As it is stored where entity tags are MD5s.
        var object: StoredObject {
            StoredObject(size: digests.size, entityTag: digests.entityTag)
        }
    }

    let root: String
    let revision: String
    let packages: [File]
    let metadata: [File]
    let repomd: [UInt8]
    /// nil if the repository is not signed.
    let signature: [UInt8]?

    /// `root` must be absolute. `workers` files are read at once.
    static func load(_ root: String, workers: Int) async throws -> LocalRepository {
        let files = Files(root: root)
        let place = RepositoryIndexer.Place.repomd
        guard let repomd = try files.readIfPresent(place, limit: maximumRepomdSize) else {
            throw PublishError.notIndexed(path: root + place)
        }
        do {
            let index = try RepomdIndex(reading: repomd)
            guard let record = index.record("primary") else {
                throw RepomdError.incomplete(type: "primary", missing: "record")
            }
            let primary = try Decompressor.decompress(
                file: "\(root)/\(try checked(record.location))", limit: maximumPrimarySize)
            let packages = try PackageLocation.list(reading: primary)
            return LocalRepository(
                root: root, revision: index.revision,
                packages: try await examine(
                    root, packages.map { ($0.path, $0.digest) }, workers: workers),
                metadata: try await examine(
                    root, index.records.map { ($0.location, $0.digest) }, workers: workers),
                repomd: repomd,
                signature: try files.readIfPresent(
                    RepositoryIndexer.Place.signature, limit: maximumRepomdSize))
        } catch let error as RepomdError {
            throw PublishError.unreadable(path: root + place, reason: "\(error)")
        } catch let error as ArchiveError {
            throw PublishError.unreadable(path: root + place, reason: "\(error)")
        }
    }

    /// A path that an index names must stay below the root.
    private static func checked(_ path: String) throws -> String {
        if path.isEmpty || path.hasPrefix("/") || path.split(separator: "/").contains("..") {
            throw PublishError.badPath(path)
        }
        return path
    }

    private static func examine(
        _ root: String, _ expected: [(path: String, digest: Digest)], workers: Int
    ) async throws -> [File] {
        try await Bounded.map(expected, limit: workers) { path, digest in
            let full = "\(root)/\(try checked(path))"
            let found = try FileDigests.read(full, digest.algorithm)
            guard found.digest == digest else {
                throw PublishError.changed(
                    path: full, expected: "\(digest)", found: "\(found.digest)")
            }
            return File(path: path, digests: found)
        }
    }
}
