internal import RPM
internal import RepoMetadata

/// `repomd.xml` that was read and found genuine.
struct SignedIndex: Sendable {
    let bytes: [UInt8]
    let content: RepomdIndex
}

/// Opens a repository: finds its places, its keys and its index.
struct RepositoryOpening: Sendable {
    static let indexPath = "repodata/repomd.xml"
    static let maximumIndex = 1 << 20
    static let maximumSignature = 1 << 16
    /// The signature is published just before the index: a reader in between tries again.
    static let signatureAttempts = 3
    static let signaturePause: Duration = .seconds(1)

    let repository: Repository
    let installer: Installer
    let cache: InstallCache
    let meter: FetchMeter

    /// - Parameter isFresh: whether an index of the cache does not do, however new it is.
    func open(isFresh: Bool) async throws -> RepositoryReader {
        let keyring = try await RepositoryKeys(repository, installer).keyring()
        let transport = LazyTransport { try await mirrors() }
        if !isFresh, let index = try await cachedIndex(keyring) {
            return reader(keyring, transport, index)
        }
        return reader(keyring, transport, try await freshIndex(keyring, transport))
    }

    private func reader(
        _ keyring: Keyring, _ transport: any RepositoryTransport, _ index: SignedIndex
    ) -> RepositoryReader {
        RepositoryReader(
            repository: repository, keyring: keyring, transport: transport, cache: cache,
            meter: meter, index: index)
    }

    private func mirrors() async throws -> any RepositoryTransport {
        try await RepositoryMirrors(repository: repository, installer: installer).transport()
    }

    // MARK: - The index

    /// What an earlier run read, where it is not too old and still genuine.
    private func cachedIndex(_ keyring: Keyring) async throws -> SignedIndex? {
        guard repository.expiry != .always,
            let kept = cache.index(of: repository, now: installer.now())
        else { return nil }
        return try? await verified(kept.index, kept.signature, keyring)
    }

    private func freshIndex(
        _ keyring: Keyring, _ transport: any RepositoryTransport
    ) async throws -> SignedIndex {
        var attempt = 1
        while true {
            do {
                return try await fetchedIndex(keyring, transport)
            } catch SignatureError.bad where attempt < Self.signatureAttempts {
                try await installer.clock.sleep(for: Self.signaturePause)
                attempt += 1
            }
        }
    }

    private func fetchedIndex(
        _ keyring: Keyring, _ transport: any RepositoryTransport
    ) async throws -> SignedIndex {
        let bytes = try await transport.fetch(Self.indexPath, limit: Self.maximumIndex)
        meter.add(bytes: Int64(bytes.count))
        var signature: [UInt8] = []
        if repository.checksMetadataSignature {
            signature = try await fetchedSignature(transport)
            meter.add(bytes: Int64(signature.count))
        }
        let index = try await verified(bytes, signature, keyring)
        if repository.expiry != .always { cache.keep(bytes, signature, of: repository) }
        return index
    }

    private func fetchedSignature(_ transport: any RepositoryTransport) async throws -> [UInt8] {
        do {
            return try await transport.fetch(
                Self.indexPath + ".asc", limit: Self.maximumSignature)
        } catch TransportError.missing(let url) {
            throw InstallError.unsignedMetadata(repository: repository.id, url: url)
        }
    }

    private func verified(
        _ bytes: [UInt8], _ signature: [UInt8], _ keyring: Keyring
    ) async throws -> SignedIndex {
        if repository.checksMetadataSignature {
            let name = RepositoryPath.join(repository.url, Self.indexPath)
            try await keyring.verify(signature: signature, of: bytes, name: name)
        }
        do {
            return SignedIndex(bytes: bytes, content: try RepomdIndex(reading: bytes))
        } catch {
            throw InstallError.badMetadata(
                repository: repository.id, file: Self.indexPath, reason: "\(error)")
        }
    }
}
