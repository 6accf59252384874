internal import CSolv

/// A package that is listed.
public struct ListedPackage: Sendable, Hashable, Codable {
    /// `name-[epoch:]version-release.arch`
    public let identity: String
    public let name: String
    /// Nil for an installed one.
    public let repository: String?
    /// Bytes of the package file, or of what is installed.
    public let size: Int64
    public let summary: String
}

extension SolverInput {
    /// What can be listed.
    public enum Listing: Sendable, Hashable {
        case installed
        case available
        /// What provides a capability or has a file.
        case providing(String)
    }

    /// Packages by identity. Of what names restrict (patterns too) only those.
    public func list(_ listing: Listing) throws(SolverError) -> [ListedPackage] {
        let pool = try PackagePool.open(self)
        let patterns = names.map { PackagePattern($0) }
        let lister = PackageLister(pool: pool.pool)
        let found = lister.packages(listing).filter { id in
            guard !patterns.isEmpty else { return true }
            let names = PackageNames(lister.pool, id)
            return patterns.contains { $0.matches(names) }
        }
        return found.map { lister.listed($0) }.sorted {
            ($0.identity, $0.repository ?? "") < ($1.identity, $1.repository ?? "")
        }
    }
}

private struct PackageLister {
    let pool: UnsafeMutablePointer<Pool>

    func packages(_ listing: SolverInput.Listing) -> [Id] {
        switch listing {
        case .installed: all { $0 == pool.pointee.installed }
        case .available: all { $0 != pool.pointee.installed }
        case .providing(let text): providers(text)
        }
    }

    private func all(_ isMeant: (UnsafeMutablePointer<Repo>) -> Bool) -> [Id] {
        (Id(2)..<Id(pool.pointee.nsolvables)).filter { id in
            guard let repository = pool.pointee.solvables[Int(id)].repo else { return false }
            return isMeant(repository) && isReal(id)
        }
    }

    private func providers(_ text: String) -> [Id] {
        var flags = SELECTION_PROVIDES | SELECTION_FILELIST | SELECTION_REL
        if text.contains(where: { "*?[".contains($0) }) { flags |= SELECTION_GLOB }
        let selection = IDQueue()
        guard selection_make(pool, &selection.queue, text, flags) != 0 else { return [] }
        let packages = IDQueue()
        selection_solvables(pool, &selection.queue, &packages.queue)
        return packages.ids.filter { isReal($0) }
    }

    /// Not what stands for capabilities without a package, and nothing that is excluded.
    private func isReal(_ id: Id) -> Bool {
        guard let solvable = pool_id2solvable(pool, id) else { return false }
        return PoolNames(pool).name(id) != PackagePool.assumedName
            && (solvable.pointee.repo == pool.pointee.installed
                || pool_installable(pool, solvable) != 0)
    }

    func listed(_ id: Id) -> ListedPackage {
        let names = PoolNames(pool)
        let key = names.isInstalled(id) ? SOLVABLE_INSTALLSIZE : SOLVABLE_DOWNLOADSIZE
        let size = solvable_lookup_num(names.solvable(id), Id(key.rawValue), 0)
        let summary = solvable_lookup_str(names.solvable(id), Id(SOLVABLE_SUMMARY.rawValue))
        return ListedPackage(
            identity: names.identity(id), name: names.name(id),
            repository: names.isInstalled(id) ? nil : names.repositoryID(id),
            size: Int64(clamping: size), summary: PoolNames.string(summary))
    }
}
