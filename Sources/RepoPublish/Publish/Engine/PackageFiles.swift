internal import Digests
internal import Host
internal import RPM
internal import RepoMetadata

/// Packages that are added to a repository one by one.
public enum PackageFiles {
    /// Reads package files and checks the digests that they state of themselves. They come under
    /// their base names into `folder`, which is below the repository's root, or the root if it is
    /// empty. The first one that is damaged ends it.
    public static func offer(
        _ paths: [String], folder: String, changelogLimit: Int, workers: Int,
        keyrings: [String] = []
    ) async throws -> PackageOffer {
        let signed = try await signedDigests(paths, keyrings)
        let prefix = folder.split(separator: "/").map { $0 + "/" }.joined()
        let read: [(PackageRecord, PackagePieces)] = try await Bounded.map(
            paths, limit: workers
        ) { path in
            let name = path.split(separator: "/").last ?? ""
            return try Self.read(
                path, at: try RepositoryPath.checked(prefix + name),
                changelogLimit: changelogLimit)
        }
        for (place, digest) in (signed ?? []).enumerated() where read[place].0.digest != digest {
            throw PublishError.changed(
                path: paths[place], expected: "\(digest)", found: "\(read[place].0.digest)")
        }
        var places: [String: String] = [:]
        for (path, one) in zip(paths, read) {
            if let other = places.updateValue(path, forKey: one.0.path) {
                throw PublishError.twice(path: path, other: other)
            }
        }
        let pieces = read.map(\.1)
        return PackageOffer(
            records: read.map(\.0),
            origins: zip(paths, read).map { .file(path: $0, sha256: $1.0.digest.hex) }
        ) { indexes in indexes.map { pieces[$0] } }
    }

    /// Nil if no signatures are asked for. The first package that none of the keys signed ends it.
    private static func signedDigests(
        _ paths: [String], _ keyrings: [String]
    ) async throws -> [Digest]? {
        if keyrings.isEmpty { return nil }
        let results = try await SignedPackages(keyrings: keyrings, algorithm: .sha256)
            .check(paths.map { SignedPackage(path: $0, name: $0) })
        return try results.map { try $0.get() }
    }

    private static func read(
        _ path: String, at location: String, changelogLimit: Int
    ) throws -> (PackageRecord, PackagePieces) {
        let file = try SinglePackage.read(path)
        guard let package = Package(file, location: location, changelogLimit: changelogLimit)
        else {
            throw PublishError.unreadable(
                path: path, reason: "it names directories that its header does not have")
        }
        return (PackageRecord(package), try PackagePieces(package))
    }
}
