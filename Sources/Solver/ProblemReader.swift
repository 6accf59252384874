internal import CSolv

/// Turns one of libsolv's problems into its parts.
struct ProblemReader {
    static let maximumRules = 10

    let names: PoolNames
    let solver: UnsafeMutablePointer<s_Solver>

    func problem(_ problem: Id) -> SolverProblem {
        let rules = IDQueue()
        solver_findallproblemrules(solver, problem, &rules.queue)
        let reasons = rules.ids.prefix(Self.maximumRules).compactMap(reason)
        // A missing requirement explains all the rest.
        if let missing = reasons.first(where: \.isMissing) { return SolverProblem([missing]) }
        let unique = reasons.reduce(into: [SolverProblem.Reason]()) { found, reason in
            if !found.contains(reason) { found.append(reason) }
        }
        guard unique.isEmpty else { return SolverProblem(unique) }
        return SolverProblem([.other(PoolNames.string(solver_problem2str(solver, problem)))])
    }

    private func reason(_ rule: Id) -> SolverProblem.Reason? {
        var (source, target, dependency): (Id, Id, Id) = (0, 0, 0)
        let type = solver_ruleinfo(solver, rule, &source, &target, &dependency)
        let what = names.dependency(dependency)
        switch type {
        case SOLVER_RULE_PKG_NOTHING_PROVIDES_DEP:
            return .missing(package(source), requirement: what)
        case SOLVER_RULE_PKG_REQUIRES:
            return .requires(package(source), requirement: what)
        case SOLVER_RULE_PKG_SAME_NAME:
            return .sameName(package(source), package(target))
        case SOLVER_RULE_PKG_CONFLICTS:
            return .conflict(package(source), with: package(target), capability: what)
        case SOLVER_RULE_PKG_SELF_CONFLICT:
            return .conflict(package(source), with: package(source), capability: what)
        case SOLVER_RULE_PKG_OBSOLETES, SOLVER_RULE_PKG_INSTALLED_OBSOLETES,
            SOLVER_RULE_PKG_IMPLICIT_OBSOLETES:
            return .obsoletes(package(source), package(target), capability: what)
        case SOLVER_RULE_PKG_NOT_INSTALLABLE:
            return .notInstallable(package(source))
        case SOLVER_RULE_JOB, SOLVER_RULE_UPDATE, SOLVER_RULE_FEATURE:
            return nil
        default:
            let text = solver_problemruleinfo2str(solver, type, source, target, dependency)
            return .other(PoolNames.string(text))
        }
    }

    private func package(_ id: Id) -> SolverProblem.Package {
        .init(
            identity: names.identity(id),
            repositoryID: names.isInstalled(id) ? nil : names.repositoryID(id))
    }
}
