internal import CSolv

/// Owns a libsolv solver; the pool has to outlive it.
struct SolverHandle: ~Copyable {
    private let pool: UnsafeMutablePointer<Pool>
    private let solver: UnsafeMutablePointer<s_Solver>
    private let names: PoolNames

    init(pool: UnsafeMutablePointer<Pool>, input: SolverInput) {
        self.pool = pool
        names = PoolNames(pool)
        solver = solver_create(pool)
        solver_set_flag(solver, SOLVER_FLAG_ALLOW_VENDORCHANGE, 1)
        if !input.policy.takesRecommended {
            solver_set_flag(solver, SOLVER_FLAG_IGNORE_RECOMMENDED, 1)
        }
        if case .remove(dependents: true) = input.action {
            solver_set_flag(solver, SOLVER_FLAG_ALLOW_UNINSTALL, 1)
        }
    }

    deinit { solver_free(solver) }

    func solve(_ job: IDQueue) throws(SolverError) {
        guard solver_solve(solver, &job.queue) != 0 else { return }
        throw .unsolvable(problems())
    }

    private func problems() -> [SolverProblem] {
        var found: [SolverProblem] = []
        var problem = solver_next_problem(solver, 0)
        while problem != 0, found.count < SolverProblem.maximumProblems {
            let described = ProblemReader(names: names, solver: solver).problem(problem)
            if !found.contains(described) { found.append(described) }
            problem = solver_next_problem(solver, problem)
        }
        return found
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
        for id in asked where names.isInstalled(id) && solver_get_decisionlevel(solver, id) > 0 {
            let name = names.identity(id)
            if !resolution.unchanged.contains(name), !isAssumed(id) {
                resolution.unchanged.append(name)
            }
        }
        return resolution
    }

    private func step(
        _ id: Id, _ transaction: UnsafeMutablePointer<Transaction>
    ) -> Resolution.Step? {
        if names.isInstalled(id) { return removal(id, transaction) }
        let replaced = transaction_obs_pkg(transaction, id)
        let type = transaction_type(transaction, id, SOLVER_TRANSACTION_SHOW_MULTIINSTALL)
        var candidate = candidate(id)
        // What replaces nothing leaves others of its name alone, such as one of 64 bits.
        candidate.isBesideOthers = type == SOLVER_TRANSACTION_MULTIINSTALL || replaced == 0
        guard replaced != 0, names.name(replaced) == names.name(id) else {
            return .install(candidate)
        }
        return .upgrade(from: names.identity(replaced), candidate)
    }

    private func removal(
        _ id: Id, _ transaction: UnsafeMutablePointer<Transaction>
    ) -> Resolution.Step? {
        if isAssumed(id) { return nil }
        let number = UInt32(
            truncatingIfNeeded: pool_lookup_num(pool, id, Id(RPM_RPMDBID.rawValue), 0))
        let replacing = transaction_obs_pkg(transaction, id)
        // An upgrade's old half is told by the new one.
        if replacing != 0, names.name(replacing) == names.name(id) { return nil }
        return .remove(
            .init(identity: names.identity(id), name: names.name(id), number: number),
            isReplaced: replacing != 0)
    }

    private func candidate(_ id: Id) -> Candidate {
        let solvable = names.solvable(id)
        var medium: UInt32 = 0
        var type: Id = 0
        let location = solvable_lookup_location(solvable, &medium)
        let size = solvable_lookup_num(solvable, Id(SOLVABLE_DOWNLOADSIZE.rawValue), 0)
        let digest = solvable_lookup_checksum(solvable, Id(SOLVABLE_CHECKSUM.rawValue), &type)
        let installed = solvable_lookup_num(solvable, Id(SOLVABLE_INSTALLSIZE.rawValue), 0)
        return Candidate(
            identity: names.identity(id), repositoryID: names.repositoryID(id),
            location: PoolNames.string(location),
            digestAlgorithm: PoolNames.string(solv_chksum_type2str(type)),
            digestHex: PoolNames.string(digest), size: Int64(clamping: size),
            installedSize: Int64(clamping: installed))
    }

    private func isAssumed(_ id: Id) -> Bool { names.name(id) == PackagePool.assumedName }
}

/// What a pool calls its packages.
struct PoolNames {
    let pool: UnsafeMutablePointer<Pool>

    init(_ pool: UnsafeMutablePointer<Pool>) { self.pool = pool }

    func solvable(_ id: Id) -> UnsafeMutablePointer<Solvable>? { pool_id2solvable(pool, id) }

    func isInstalled(_ id: Id) -> Bool {
        solvable(id)?.pointee.repo == pool.pointee.installed
    }

    func name(_ id: Id) -> String {
        Self.string(pool_id2str(pool, solvable(id)?.pointee.name ?? 0))
    }

    /// `name-[epoch:]version-release.arch`
    func identity(_ id: Id) -> String { Self.string(pool_solvid2str(pool, id)) }

    func dependency(_ id: Id) -> String { Self.string(pool_dep2str(pool, id)) }

    func repositoryID(_ id: Id) -> String {
        solvable(id)?.pointee.repo.flatMap { Self.string($0.pointee.name) } ?? ""
    }

    static func string(_ text: UnsafePointer<CChar>?) -> String {
        text.map { String(cString: $0) } ?? ""
    }
}
