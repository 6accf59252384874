internal import Archive
internal import Digests
internal import RPM
internal import RepoMetadata
internal import Solver

/// One repository whose index was read and found genuine; fetches its other metadata.
struct RepositoryReader: Sendable {
    /// Bytes of one metadata file after decompression.
    static let maximumMetadata = 1 << 30

    let repository: Repository
    let keyring: Keyring
    let transport: any RepositoryTransport
    let cache: InstallCache
    let meter: FetchMeter
    let index: SignedIndex

    /// What the solver needs, fetched unless the cache has it; with the list of all files if that
    /// is asked for.
    func source(withFiles: Bool) async throws -> SolverInput.Source {
        var source = SolverInput.Source(
            id: repository.id, content: try await content(withFiles: withFiles))
        source.priority = repository.priority
        source.cost = repository.cost
        source.excludes = repository.excludes
        source.includes = repository.includes
        return source
    }

    private func content(withFiles: Bool) async throws -> SolverInput.Content {
        guard let primary = index.content.record("primary") else {
            throw InstallError.badMetadata(
                repository: repository.id, file: RepositoryOpening.indexPath,
                reason: "it names no primary metadata")
        }
        let filelists = withFiles ? index.content.record("filelists") : nil
        let kept = try cache.metadata(
            primary.digest, Self.keptName(filelists?.digest, of: primary))
        if InstallCache.exists(kept) { return .cached(path: kept) }
        let list = try await file(primary)
        guard let filelists else {
            return .metadata(primary: list, filelists: nil, keepAt: kept)
        }
        return .metadata(primary: list, filelists: try await file(filelists), keepAt: kept)
    }

    /// Of what libsolv makes of the metadata.
    private static func keptName(_ filelists: Digest?, of primary: RepomdIndex.Record) -> String {
        let files = filelists.map { "-\($0.hex.prefix(16))" } ?? ""
        return "\(SolverInput.cacheVersion)\(files).solv"
    }

    /// Whether the index has a list of all files.
    var hasFiles: Bool { index.content.record("filelists") != nil }

    /// Names of the cached files that the index refers to.
    var cachedNames: Set<String> {
        var names = Set(
            index.content.records.map {
                InstallCache.name($0.digest, RepositoryPath.baseName($0.location))
            })
        guard let primary = index.content.record("primary") else { return names }
        for filelists in [nil, index.content.record("filelists")?.digest] {
            names.insert(
                InstallCache.name(primary.digest, Self.keptName(filelists, of: primary)))
        }
        return names
    }

    /// Opens the uncompressed content.
    private func file(_ record: RepomdIndex.Record) async throws -> SolverInput.Metadata {
        guard RepositoryPath.isSafe(record.location) else {
            throw InstallError.badMetadata(
                repository: repository.id, file: RepositoryOpening.indexPath,
                reason: "its record '\(record.type)' is at '\(record.location)', outside the "
                    + "repository")
        }
        let path = try cache.metadata(record.digest, RepositoryPath.baseName(record.location))
        if !cache.holds(path, record.digest) {
            let bytes = try await transport.download(
                record.location, to: path, digest: record.digest, size: record.size)
            meter.add(bytes: bytes)
        }
        let limit = min(record.openSize.map { Int($0) } ?? .max, Self.maximumMetadata)
        return { try UnpackedMetadata(path, limit: limit) }
    }
}

/// A metadata file's content, a piece at a time.
private final class UnpackedMetadata: MetadataReader {
    private var file: DecompressedFile

    init(_ path: String, limit: Int) throws {
        file = try DecompressedFile.open(path, limit: limit)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try file.read(into: buffer)
    }
}
