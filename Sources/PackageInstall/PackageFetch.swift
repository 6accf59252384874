internal import Digests
internal import Solver

/// A package that is in the cache, whole and as the metadata describes it.
struct FetchedPackage: Sendable {
    let candidate: Candidate
    let path: String
    /// Its place in the repository, for errors.
    let url: String
}

/// Brings packages into the cache, a few at a time.
struct PackageFetch: Sendable {
    static let maximumParallel = 4
    static let mostParallel = 20

    let readers: [String: RepositoryReader]
    let parallel: Int
    let progress: @Sendable (InstallProgress) -> Void

    /// Biggest first, so that the last one to arrive is a small one; the result has the order of
    /// `candidates`.
    func fetch(_ candidates: [Candidate]) async throws -> [FetchedPackage] {
        try checkRoom(candidates)
        var waiting = candidates.enumerated().sorted { $0.element.size > $1.element.size }[...]
        return try await withThrowingTaskGroup(of: (Int, FetchedPackage).self) { group in
            for (place, candidate) in waiting.prefix(parallel) {
                group.addTask { (place, try await fetch(candidate)) }
            }
            waiting = waiting.dropFirst(parallel)
            var fetched: [(Int, FetchedPackage)] = []
            while let result = try await group.next() {
                fetched.append(result)
                if let (place, candidate) = waiting.popFirst() {
                    group.addTask { (place, try await fetch(candidate)) }
                }
            }
            return fetched.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// A full disk is told before anything is fetched.
    private func checkRoom(_ candidates: [Candidate]) throws {
        guard let cache = readers.values.first?.cache else { return }
        let needed = try candidates.reduce(Int64(0)) { sum, candidate in
            guard let digest = try? digest(candidate) else { return sum }
            let name = RepositoryPath.baseName(candidate.location)
            let isThere = InstallCache.exists(try cache.package(digest, name))
            return isThere ? sum : sum + candidate.size
        }
        guard let free = cache.freeBytes, free < needed else { return }
        throw InstallError.noRoom(path: InstallCache.folder, needed: needed, free: free)
    }

    private func fetch(_ candidate: Candidate) async throws -> FetchedPackage {
        guard let reader = readers[candidate.repositoryID] else {
            throw InstallError.badRepository(id: candidate.repositoryID, reason: "it was not read")
        }
        let digest = try digest(candidate)
        guard RepositoryPath.isSafe(candidate.location) else {
            throw InstallError.unsafeLocation(
                package: candidate.identity, repository: candidate.repositoryID,
                location: candidate.location)
        }
        let path = try reader.cache.package(digest, RepositoryPath.baseName(candidate.location))
        if !reader.cache.holds(path, digest) {
            progress(.fetching(package: candidate.identity, bytes: candidate.size))
            let bytes = try await reader.transport.download(
                candidate.location, to: path, digest: digest,
                size: candidate.size > 0 ? candidate.size : nil)
            reader.meter.add(package: bytes)
        }
        let url = RepositoryPath.join(reader.repository.url, candidate.location)
        return FetchedPackage(candidate: candidate, path: path, url: url)
    }

    private func digest(_ candidate: Candidate) throws(InstallError) -> Digest {
        let algorithm = DigestAlgorithm(rawValue: candidate.digestAlgorithm)
        guard let algorithm, algorithm.byteCount >= DigestAlgorithm.sha224.byteCount,
            let digest = Digest(algorithm, hex: candidate.digestHex)
        else {
            throw .weakChecksum(
                package: candidate.identity, repository: candidate.repositoryID,
                algorithm: candidate.digestAlgorithm)
        }
        return digest
    }
}
