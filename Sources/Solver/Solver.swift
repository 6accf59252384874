internal import CSolv

extension SolverInput {
    /// Resolves with libsolv. Does no I/O but reading the metadata files and the root's database;
    /// where there is a database the caller must hold librpm (libsolv reads it with librpm).
    ///
    /// Lists of files are large, so a caller may leave them out at first and resolve again with
    /// them if it throws an error whose ``SolverError/mayDependOnFiles`` is true.
    public func resolve() throws(SolverError) -> Resolution {
        let pool = try PackagePool.open(self)
        let job = IDQueue()
        let selected = try pool.addJobs(of: self, to: job)
        pool.addPolicy(policy, to: job)
        let solver = SolverHandle(pool: pool.pool, input: self)
        try solver.solve(job)
        let resolution = solver.resolution(asked: selected)
        try check(resolution)
        return resolution
    }

    private func check(_ resolution: Resolution) throws(SolverError) {
        let lost = resolution.removedNames.filter(policy.protected.contains)
        guard lost.isEmpty else { throw .protected(lost) }
    }
}

extension PackagePool {
    /// Adds what is wanted; returns the packages that are meant by name.
    func addJobs(of input: SolverInput, to job: IDQueue) throws(SolverError) -> [Id] {
        var selected: [Id] = []
        for name in input.names {
            let selection = try select(name, for: input)
            selected += selection.packages.ids
            switch input.action {
            case .install(let newest):
                let heirs = obsoleters(of: selection.packages.ids, name)
                let how = heirs.isEmpty ? selection.how : SOLVER_SOLVABLE_ONE_OF
                job.push(SOLVER_INSTALL | how, heirs.isEmpty ? selection.what : one(of: heirs))
                if newest { job.push(SOLVER_UPDATE | selection.how, selection.what) }
            case .upgrade:
                job.push(SOLVER_UPDATE | selection.how, selection.what)
            case .remove:
                for id in selection.packages.ids { job.push(SOLVER_ERASE | SOLVER_SOLVABLE, id) }
            }
        }
        if input.action == .upgrade, input.names.isEmpty {
            job.push(SOLVER_UPDATE | SOLVER_SOLVABLE_ALL, 0)
        }
        return selected
    }

    /// Packages by their bare name, with those that obsolete one of them: as in dnf a name that was
    /// given up means its successor. Empty where there are none, or one is installed.
    private func obsoleters(of packages: [Id], _ name: String) -> [Id] {
        let names = PoolNames(pool)
        guard packages.allSatisfy({ names.name($0) == name && !names.isInstalled($0) }) else {
            return []
        }
        var heirs: [Id] = []
        for package in packages {
            let selection = IDQueue()
            selection_make_matchsolvable(
                pool, &selection.queue, package, 0, Int32(SOLVABLE_OBSOLETES.rawValue), 0)
            let found = IDQueue()
            selection_solvables(pool, &selection.queue, &found.queue)
            heirs += found.ids.filter { !names.isInstalled($0) && !heirs.contains($0) }
        }
        return heirs.isEmpty ? [] : packages + heirs
    }

    private func one(of packages: [Id]) -> Id {
        let queue = IDQueue()
        for package in packages { queue.push(package) }
        return pool_queuetowhatprovides(pool, &queue.queue)
    }

    func addPolicy(_ policy: SolverPolicy, to job: IDQueue) {
        for name in policy.multiversion {
            let id = pool_str2id(pool, name, 1)
            job.push(SOLVER_MULTIVERSION | SOLVER_SOLVABLE_PROVIDES, id)
        }
    }

    private func select(_ name: String, for input: SolverInput) throws(SolverError) -> Selection {
        var flags = Self.everyMeaning
        if name.contains(where: { "*?[".contains($0) }) { flags |= SELECTION_GLOB }
        if input.action.isAboutInstalled { flags |= SELECTION_INSTALLED_ONLY }
        let selection = IDQueue()
        if selection_make(pool, &selection.queue, name, flags) != 0 {
            return Selection(pool, selection)
        }
        if input.action.isAboutInstalled { throw .notInstalled(name) }
        let all = IDQueue()
        if selection_make(pool, &all.queue, name, flags | Self.evenHidden) != 0 {
            throw .notForThisSystem(name, architecture: input.architecture)
        }
        throw .unknownName(name, repositories: input.sources.map(\.id))
    }

    /// libsolv's SELECTION_WITH_ALL but for sources, which nobody means.
    private static let evenHidden = SELECTION_WITH_DISABLED | SELECTION_WITH_BADARCH

    static let everyMeaning =
        SELECTION_NAME | SELECTION_PROVIDES | SELECTION_FILELIST | SELECTION_CANON
        | SELECTION_DOTARCH | SELECTION_REL
}

extension SolverInput.Action {
    /// Whether names mean installed packages alone.
    var isAboutInstalled: Bool {
        switch self {
        case .install: false
        case .upgrade, .remove: true
        }
    }
}

/// What a name means, as the target of a job.
private struct Selection {
    let packages = IDQueue()
    let how: Id
    let what: Id

    /// More than one pair in a selection would mean: install each. Wanted is one of them.
    init(_ pool: UnsafeMutablePointer<Pool>, _ selection: IDQueue) {
        selection_solvables(pool, &selection.queue, &packages.queue)
        let pairs = selection.ids
        if pairs.count == 2 {
            (how, what) = (pairs[0], pairs[1])
        } else {
            (how, what) = (
                SOLVER_SOLVABLE_ONE_OF, pool_queuetowhatprovides(pool, &packages.queue)
            )
        }
    }
}
