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
        var selected: [Id] = []
        for name in names { selected += try pool.select(name, for: self, into: job) }
        let solver = SolverHandle(pool: pool.pool)
        try solver.solve(job)
        return solver.resolution(asked: selected)
    }
}

extension PackagePool {
    /// Adds the job that installs `name`; returns the packages that it may mean.
    fileprivate func select(
        _ name: String, for input: SolverInput, into job: IDQueue
    ) throws(SolverError) -> [Id] {
        let selection = IDQueue()
        let flags =
            SELECTION_NAME | SELECTION_PROVIDES | SELECTION_FILELIST | SELECTION_CANON
            | SELECTION_DOTARCH | SELECTION_REL
        guard selection_make(pool, &selection.queue, name, flags) != 0 else {
            throw .unknownName(name, repositories: input.sources.map(\.id))
        }
        let packages = IDQueue()
        selection_solvables(pool, &selection.queue, &packages.queue)
        let (how, what) = jobTarget(selection, packages)
        job.push(SOLVER_INSTALL | how, what)
        if input.upgrades { job.push(SOLVER_UPDATE | how, what) }
        return packages.ids
    }

    /// More than one pair in a selection would mean: install each. Wanted is one of them.
    private func jobTarget(_ selection: IDQueue, _ packages: IDQueue) -> (Id, Id) {
        let pairs = selection.ids
        if pairs.count == 2 { return (pairs[0], pairs[1]) }
        return (SOLVER_SOLVABLE_ONE_OF, pool_queuetowhatprovides(pool, &packages.queue))
    }
}

/// Owns a libsolv solver; the pool has to outlive it.
private struct SolverHandle: ~Copyable {
    private let pool: UnsafeMutablePointer<Pool>
    private let solver: UnsafeMutablePointer<s_Solver>

    init(pool: UnsafeMutablePointer<Pool>) {
        self.pool = pool
        solver = solver_create(pool)
        solver_set_flag(solver, SOLVER_FLAG_ALLOW_VENDORCHANGE, 1)
    }

    deinit { solver_free(solver) }

    func solve(_ job: IDQueue) throws(SolverError) {
        guard solver_solve(solver, &job.queue) != 0 else { return }
        throw .unsolvable(problems())
    }

    private func problems() -> [SolverProblem] {
        var found: [SolverProblem] = []
        var problem = solver_next_problem(solver, 0)
        while problem != 0 {
            found.append(describe(problem))
            problem = solver_next_problem(solver, problem)
        }
        return found
    }

    private func describe(_ problem: Id) -> SolverProblem {
        let rules = IDQueue()
        solver_findallproblemrules(solver, problem, &rules.queue)
        for rule in rules.ids {
            var (source, target, dependency): (Id, Id, Id) = (0, 0, 0)
            let type = solver_ruleinfo(solver, rule, &source, &target, &dependency)
            guard type == SOLVER_RULE_PKG_NOTHING_PROVIDES_DEP else { continue }
            let text = solver_problemruleinfo2str(solver, type, source, target, dependency)
            let missing = SolverProblem.Missing(
                package: identity(source), requirement: string(pool_dep2str(pool, dependency)),
                repositoryID: repositoryID(source))
            return SolverProblem(text: string(text), missing: missing)
        }
        return SolverProblem(text: string(solver_problem2str(solver, problem)), missing: nil)
    }

    func resolution(asked: [Id]) -> Resolution {
        var resolution = Resolution()
        guard let transaction = solver_create_transaction(solver) else { return resolution }
        defer { transaction_free(transaction) }
        transaction_order(transaction, 0)
        let steps = transaction.pointee.steps
        for index in 0..<Int(steps.count) {
            if let step = step(steps.elements[index], transaction) { resolution.steps.append(step) }
        }
        for id in asked where isInstalled(id) && solver_get_decisionlevel(solver, id) > 0 {
            let name = identity(id)
            if !resolution.unchanged.contains(name), !isAssumed(id) {
                resolution.unchanged.append(name)
            }
        }
        return resolution
    }

    private func step(
        _ id: Id, _ transaction: UnsafeMutablePointer<Transaction>
    ) -> Resolution.Step? {
        if isInstalled(id) { return removal(id, transaction) }
        let replaced = transaction_obs_pkg(transaction, id)
        let candidate = candidate(id)
        guard replaced != 0, solvable(replaced)?.pointee.name == solvable(id)?.pointee.name else {
            return .install(candidate)
        }
        return .upgrade(from: identity(replaced), candidate)
    }

    private func removal(
        _ id: Id, _ transaction: UnsafeMutablePointer<Transaction>
    ) -> Resolution.Step? {
        let number = UInt32(
            truncatingIfNeeded: pool_lookup_num(pool, id, Id(RPM_RPMDBID.rawValue), 0))
        let replacing = transaction_obs_pkg(transaction, id)
        // An upgrade's old half is told by the new one.
        if replacing != 0, solvable(replacing)?.pointee.name == solvable(id)?.pointee.name {
            return nil
        }
        return .remove(identity(id), number: number, isReplaced: replacing != 0)
    }

    private func candidate(_ id: Id) -> Candidate {
        let solvable = solvable(id)
        var medium: UInt32 = 0
        var type: Id = 0
        let location = solvable_lookup_location(solvable, &medium)
        let size = solvable_lookup_num(solvable, Id(SOLVABLE_DOWNLOADSIZE.rawValue), 0)
        let digest = solvable_lookup_checksum(solvable, Id(SOLVABLE_CHECKSUM.rawValue), &type)
        return Candidate(
            identity: identity(id), repositoryID: repositoryID(id), location: string(location),
            digestAlgorithm: string(solv_chksum_type2str(type)), digestHex: string(digest),
            size: Int64(clamping: size))
    }

    private func isAssumed(_ id: Id) -> Bool {
        string(pool_id2str(pool, solvable(id)?.pointee.name ?? 0)) == PackagePool.assumedName
    }

    private func isInstalled(_ id: Id) -> Bool {
        solvable(id)?.pointee.repo == pool.pointee.installed
    }

    private func solvable(_ id: Id) -> UnsafeMutablePointer<Solvable>? {
        pool_id2solvable(pool, id)
    }

    private func identity(_ id: Id) -> String { string(pool_solvid2str(pool, id)) }

    private func repositoryID(_ id: Id) -> String {
        solvable(id)?.pointee.repo.flatMap { string($0.pointee.name) } ?? ""
    }

    private func string(_ text: UnsafePointer<CChar>?) -> String {
        text.map { String(cString: $0) } ?? ""
    }
}
