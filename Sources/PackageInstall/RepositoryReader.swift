internal import Archive
internal import Glibc
internal import RPM
internal import RepoMetadata
internal import Solver

/// One repository whose index was read and found genuine; fetches its other metadata.
struct RepositoryReader: Sendable {
    static let maximumIndex = 1 << 20
    static let maximumSignature = 1 << 16
    /// Bytes of one metadata file after decompression.
    static let maximumMetadata = 1 << 30
    static let maximumKeyFile = 1 << 20
    /// The signature is published just before the index: a reader in between tries again.
    static let signatureAttempts = 3
    static let signaturePause: Duration = .seconds(1)

    let repository: Repository
    let keyring: Keyring
    let transport: any RepositoryTransport
    let cache: InstallCache
    let meter: FetchMeter
    private let index: RepomdIndex

    static func open(
        _ repository: Repository, transport: any RepositoryTransport, cache: InstallCache,
        meter: FetchMeter, clock: any Clock<Duration>
    ) async throws -> RepositoryReader {
        let keyring = try await keyring(of: repository)
        var attempt = 1
        while true {
            do {
                let index = try await index(repository, transport, keyring, meter)
                return RepositoryReader(
                    repository: repository, keyring: keyring, transport: transport, cache: cache,
                    meter: meter, index: index)
            } catch SignatureError.bad where attempt < signatureAttempts {
                try await clock.sleep(for: signaturePause)
                attempt += 1
            }
        }
    }

    private static func keyring(of repository: Repository) async throws -> Keyring {
        guard !repository.keyPaths.isEmpty else {
            throw InstallError.noKey(repository: repository.id)
        }
        do {
            let files = try repository.keyPaths.map { path in
                KeyFile(name: path, bytes: try readSmallFile(path, limit: maximumKeyFile))
            }
            let keyring = try await Keyring.reading(files)
            if !repository.fingerprints.isEmpty {
                try keyring.check(fingerprints: repository.fingerprints)
            }
            return keyring
        } catch let error as KeyringError {
            throw InstallError.unreadableKey(repository: repository.id, reason: "\(error)")
        } catch InstallError.localFile(let path, let reason) {
            throw InstallError.unreadableKey(
                repository: repository.id, reason: "'\(path)': \(reason)")
        }
    }

    private static func index(
        _ repository: Repository, _ transport: any RepositoryTransport, _ keyring: Keyring,
        _ meter: FetchMeter
    ) async throws -> RepomdIndex {
        let path = "repodata/repomd.xml"
        let bytes = try await transport.fetch(path, limit: maximumIndex)
        meter.add(bytes: Int64(bytes.count))
        if repository.checksMetadataSignature {
            let signature = try await signature(repository, transport, path + ".asc")
            meter.add(bytes: Int64(signature.count))
            let name = RepositoryPath.join(repository.url, path)
            try await keyring.verify(signature: signature, of: bytes, name: name)
        }
        do {
            return try RepomdIndex(reading: bytes)
        } catch {
            throw InstallError.badMetadata(
                repository: repository.id, file: path, reason: "\(error)")
        }
    }

    private static func signature(
        _ repository: Repository, _ transport: any RepositoryTransport, _ path: String
    ) async throws -> [UInt8] {
        do {
            return try await transport.fetch(path, limit: maximumSignature)
        } catch TransportError.missing(let url) {
            throw InstallError.unsignedMetadata(repository: repository.id, url: url)
        }
    }

    /// Fetches what the solver needs; with the list of all files if that is asked for.
    func source(withFiles: Bool) async throws -> SolverInput.Source {
        guard let primary = try await file("primary") else {
            throw InstallError.badMetadata(
                repository: repository.id, file: "repodata/repomd.xml",
                reason: "it names no primary metadata")
        }
        let filelists = withFiles ? try await file("filelists") : nil
        return SolverInput.Source(
            id: repository.id, primary: primary, filelists: filelists)
    }

    /// Names of the cached files that the index refers to.
    var cachedNames: Set<String> {
        Set(
            index.records.map { InstallCache.name($0.digest, RepositoryPath.baseName($0.location)) }
        )
    }

    /// The uncompressed content; nil if there is no such metadata.
    private func file(_ type: String) async throws -> [UInt8]? {
        guard let record = index.record(type) else { return nil }
        guard RepositoryPath.isSafe(record.location) else {
            throw InstallError.badMetadata(
                repository: repository.id, file: "repodata/repomd.xml",
                reason: "its record '\(type)' is at '\(record.location)', outside the repository")
        }
        let path = try cache.metadata(record.digest, RepositoryPath.baseName(record.location))
        if !cache.holds(path, record.digest) {
            let bytes = try await transport.download(
                record.location, to: path, digest: record.digest, size: record.size)
            meter.add(bytes: bytes)
        }
        do {
            let limit = min(record.openSize.map { Int($0) } ?? .max, Self.maximumMetadata)
            return try Decompressor.decompress(file: path, limit: limit)
        } catch {
            throw InstallError.badMetadata(
                repository: repository.id, file: record.location, reason: "\(error)")
        }
    }
}

/// Reads a local file whose path is not below the root.
func readSmallFile(_ path: String, limit: Int) throws(InstallError) -> [UInt8] {
    guard let file = fopen(path, "re") else {
        throw .localFile(path: path, reason: String(cString: strerror(errno)))
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    let count = fread(&bytes, 1, bytes.count, file)
    guard ferror(file) == 0 else { throw .localFile(path: path, reason: "it cannot be read") }
    guard count <= limit else { throw .localFile(path: path, reason: "longer than \(limit) bytes") }
    return Array(bytes.prefix(count))
}
