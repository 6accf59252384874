internal import AWS
internal import Glibc
internal import Host
internal import RPM
internal import Solver

/// Reading the repositories' metadata, and deciding.
extension InstallRun {
    func read(isFresh: Bool) async throws -> [RepositoryReader] {
        guard request.takesRepositories else { return [] }
        return try await installer.withMetadataDeadline {
            var readers: [RepositoryReader] = []
            for repository in installer.repositories {
                progress(.readingMetadata(repository: repository.id))
                if let reader = try await open(repository, isFresh: isFresh) {
                    readers.append(reader)
                }
            }
            return readers
        }
    }

    /// Nil for one that cannot be had and need not be.
    private func open(_ repository: Repository, isFresh: Bool) async throws -> RepositoryReader? {
        let opening = RepositoryOpening(
            repository: repository, installer: installer, cache: cache, meter: meter)
        do {
            let reader = try await opening.open(isFresh: isFresh)
            if repository.isSkippable { _ = try await reader.source(withFiles: false) }
            return reader
        } catch {
            guard repository.isSkippable, error is TransportError || error is ServiceError else {
                throw error
            }
            note("repository '\(repository.id)' is left out: \(error)")
            return nil
        }
    }

    func resolve(_ readers: [RepositoryReader]) async throws -> Resolution {
        do {
            return try await solve(readers, withFiles: false) { try $0.resolve() }
        } catch let error as SolverError where error.mayDependOnFiles {
            guard readers.contains(where: \.hasFiles) else { throw error }
            return try await solve(readers, withFiles: true) { try $0.resolve() }
        }
    }

    func resolve(sources: [SolverInput.Source]) async throws -> Resolution {
        try await solve(sources) { try $0.resolve() }
    }

    /// What libsolv keeps of a repository may be another version's, or broken: then it is made
    /// anew.
    func solve<Value: Sendable>(
        _ readers: [RepositoryReader], withFiles: Bool,
        _ body: @escaping @Sendable (SolverInput) throws -> Value
    ) async throws -> Value {
        let sources = try await sources(readers, withFiles: withFiles)
        do {
            return try await solve(sources, body)
        } catch SolverError.unreadableCache {
            for case .cached(let path) in sources.map(\.content) { unlink(path) }
            return try await solve(try await self.sources(readers, withFiles: withFiles), body)
        }
    }

    private func sources(
        _ readers: [RepositoryReader], withFiles: Bool
    ) async throws -> [SolverInput.Source] {
        try await installer.withMetadataDeadline {
            var sources: [SolverInput.Source] = []
            for reader in readers { sources.append(try await reader.source(withFiles: withFiles)) }
            return sources
        }
    }

    private func solve<Value: Sendable>(
        _ sources: [SolverInput.Source], _ body: @escaping @Sendable (SolverInput) throws -> Value
    ) async throws -> Value {
        let root = installer.root
        var input = SolverInput(
            root: root, hasDatabase: RPMDatabase.exists(root: root),
            architecture: installer.architecture, sources: sources, names: request.names,
            action: request.action, assumed: assumed)
        input.policy = request.policy
        let question = input
        return try await RPMLibrary.run {
            try RPMDatabase.withPath(root: root) { try body(question) }
        }
    }

    /// What was named, and what is found on a system that is not made of RPM packages.
    var assumed: [String] {
        request.assumed + AssumedCapabilities(root: installer.root).found
    }
}
