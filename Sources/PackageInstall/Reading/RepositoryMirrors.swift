internal import Digests
internal import RepoMetadata

/// Finds the places of a repository, as libdnf's `Repo.cpp` does: those of its metalink, else those
/// of its list of mirrors, else its own. Here its own come after the others too.
struct RepositoryMirrors: Sendable {
    let repository: Repository
    let installer: Installer

    func transport() async throws -> any RepositoryTransport {
        guard let place = repository.metalink ?? repository.mirrorList else {
            return MirroredTransport(try await transports(repository.urls))
        }
        var listed: [any RepositoryTransport]
        do {
            listed =
                repository.metalink == nil
                ? try await mirrors(of: place) : try await mirrors(ofMetalink: place)
        } catch {
            guard !repository.urls.isEmpty, !Task.isCancelled else { throw error }
            listed = []
        }
        listed += try await transports(repository.urls)
        return MirroredTransport(listed)
    }

    private func transports(_ urls: [String]) async throws -> [any RepositoryTransport] {
        var transports: [any RepositoryTransport] = []
        for url in urls { transports.append(try await installer.transport(repository, url)) }
        return transports
    }

    private func fetch(_ url: String) async throws -> [UInt8] {
        try await installer.transport(repository, url).fetch("", limit: MirrorList.maximumBytes)
    }

    private func mirrors(of list: String) async throws -> [any RepositoryTransport] {
        let urls = MirrorList.urls(String(decoding: try await fetch(list), as: UTF8.self))
        guard !urls.isEmpty else { throw refusal("its mirrorlist '\(list)' names no mirror") }
        return try await transports(urls)
    }

    private func mirrors(ofMetalink url: String) async throws -> [any RepositoryTransport] {
        let metalink: Metalink
        do {
            metalink = try Metalink(reading: try await fetch(url))
        } catch let error as MetalinkError {
            throw refusal("its metalink '\(url)' cannot be used: \(error)")
        }
        let places = Self.repositories(metalink.places, of: url)
        guard !places.isEmpty else { throw refusal("its metalink '\(url)' names no mirror") }
        return zip(places, try await transports(places)).map {
            MetalinkPlace(base: $1, url: $0, metalink: metalink)
        }
    }

    /// Of what a metalink of the network says, places of the network alone.
    static func repositories(_ urls: [String], of metalink: String) -> [String] {
        let isLocal = metalink.hasPrefix("file:")
        let schemes = ["https://", "http://"] + (isLocal ? ["file:///"] : [])
        let end = "/" + RepositoryOpening.indexPath
        return urls.filter { url in schemes.contains(where: url.hasPrefix) && url.hasSuffix(end) }
            .prefix(MirroredTransport.maximumMirrors).map { String($0.dropLast(end.count)) }
    }

    private func refusal(_ reason: String) -> InstallError {
        .badRepository(id: repository.id, reason: reason)
    }
}

/// One of a metalink's places: its index must be one that the metalink knows, so that a mirror that
/// lags too far behind, or lies, is passed over.
private struct MetalinkPlace: RepositoryTransport {
    let base: any RepositoryTransport
    let url: String
    let metalink: Metalink

    func fetch(_ path: String, limit: Int) async throws -> [UInt8] {
        let bytes = try await base.fetch(path, limit: limit)
        guard path == RepositoryOpening.indexPath, let expected = metalink.digests.first,
            !metalink.allows(bytes)
        else { return bytes }
        throw TransportError.wrongDigest(
            url: RepositoryPath.join(url, path), expected: expected,
            found: Digest.of(bytes, expected.algorithm).hex)
    }

    func download(
        _ path: String, to destination: String, digest: Digest, size: Int64?
    ) async throws -> Int64 {
        try await base.download(path, to: destination, digest: digest, size: size)
    }
}
