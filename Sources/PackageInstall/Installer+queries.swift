internal import RPM
public import Solver

extension Installer {
    /// Packages that are installed or available, or provide something, by identity. Changes nothing
    /// but the cache. `names` are patterns that restrict a list; none: all.
    public func list(
        _ listing: SolverInput.Listing, names: [String] = [], policy: SolverPolicy = SolverPolicy(),
        progress: @escaping @Sendable (InstallProgress) -> Void = { _ in }
    ) async throws -> PackageListing {
        var request = InstallRequest(names: names)
        request.policy = policy
        try check(request, needsKeys: false)
        let cache = try InstallCache(root: root)
        let run = InstallRun(
            installer: self, request: request, cache: cache, progress: progress)
        let packages = try await run.list(listing)
        return PackageListing(packages: packages, notes: run.notes.all)
    }
}

/// What is listed.
public struct PackageListing: Sendable, Hashable, Codable {
    public let packages: [ListedPackage]
    /// What somebody should know of it, such as a repository that was left out.
    public let notes: [String]
}

extension InstallRun {
    fileprivate func list(_ listing: SolverInput.Listing) async throws -> [ListedPackage] {
        if listing == .installed { return try await listed([], listing, withFiles: false) }
        let readers = try await read(isFresh: false)
        let found = try await listed(readers, listing, withFiles: false)
        guard listing.mayDependOnFiles, !found.contains(where: { $0.repository != nil }) else {
            return found
        }
        return try await listed(readers, listing, withFiles: true)
    }

    private func listed(
        _ readers: [RepositoryReader], _ listing: SolverInput.Listing, withFiles: Bool
    ) async throws -> [ListedPackage] {
        try await solve(readers, withFiles: withFiles) { try $0.list(listing) }
    }
}

extension SolverInput.Listing {
    fileprivate var mayDependOnFiles: Bool {
        guard case .providing(let text) = self else { return false }
        return text.hasPrefix("/") || text.hasPrefix("*")
    }
}
