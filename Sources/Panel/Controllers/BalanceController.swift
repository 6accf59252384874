internal import Digests
internal import Hummingbird
internal import PanelAPI

/// HDFS's balancer, which people have the master run.
struct BalanceController: Sendable {
    static let idBytes = 12

    static func topic(_ cluster: String) -> String { "balance/\(cluster)" }

    let balances: BalanceRepository
    let drains: DrainRepository
    let observer: DrainObserver
    let masters: MasterRepository
    let waiters: Waiters
    let worker: WakeUp
    let time: PanelTime

    private var settings: PanelSettings { observer.settings }

    /// Below `/v1/clusters`.
    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.get(":name/balances") { _, context in
            _ = try context.person(atLeast: .viewer)
            let cluster = try settings.cluster(try context.parameters.require("name"))
            let now = time.now()
            let all = try await balances.all(of: cluster.name)
            return try JSONBody.response(all.map { $0.view(at: now) })
        }
        group.get(":name/balance-plan") { request, context in
            _ = try context.person(atLeast: .viewer)
            let cluster = try settings.cluster(try context.parameters.require("name"))
            return try JSONBody.response(try await plan(try Self.terms(of: request), cluster))
        }
        group.post(":name/balances") { request, context in
            let person = try context.person(atLeast: .operator)
            let cluster = try settings.cluster(try context.parameters.require("name"))
            let order = try await JSONBody.decode(BalanceOrder.self, from: request)
            try Self.check(order.terms)
            if let obstacle = try await plan(order.terms, cluster).obstacle {
                throw Refusal.conflict("cannot-balance", obstacle)
            }
            let record = record(order, cluster.name, by: person.name)
            try await balances.insert(record)
            await worker.call()
            await waiters.changed(Self.topic(cluster.name))
            return try JSONBody.response(record.view(at: time.now()), status: .accepted)
        }
        group.delete(":name/balances/:id") { _, context in
            let person = try context.person(atLeast: .operator)
            let cluster = try settings.cluster(try context.parameters.require("name"))
            let record = try await balances.cancel(
                try context.parameters.require("id"), of: cluster.name, by: person.name,
                now: time.now())
            await waiters.changed(Self.topic(cluster.name))
            return try JSONBody.response(record.view(at: time.now()), status: .accepted)
        }
    }

    /// What the master's agent asks and tells.
    func addNodeRoutes(to group: RouterGroup<PanelContext>) {
        group.get("balance") { request, context in
            let cluster = try await masters(of: context)
            let wait = try WaitParameter.seconds(of: request)
            let known = request.uri.queryParameters["unlike"].map { String($0) }
            let task = try await waiters.first(Self.topic(cluster), within: wait) {
                let task = try await balances.task(of: cluster, now: time.now())
                return task.revision == known ? nil : task
            }
            guard let task else { return Response(status: .noContent) }
            if let run = task.run { try await balances.taken(run.id, now: time.now()) }
            return try JSONBody.response(task)
        }
        group.put("balance/:id") { request, context in
            let cluster = try await masters(of: context)
            let report = try await JSONBody.decode(BalanceReport.self, from: request)
            try Self.check(report)
            _ = try await balances.report(
                report, of: try context.parameters.require("id"), in: cluster, now: time.now())
            return Response(status: .noContent)
        }
    }

    /// The cluster whose master asks; refused to all others.
    private func masters(of context: PanelContext) async throws -> String {
        let node = try context.node()
        let master = try await masters.current(of: node.cluster)
        guard master?.instanceID == node.instanceID else {
            throw Refusal.conflict(
                "not-the-master", "'\(node.instanceID)' is not the master of '\(node.cluster)'")
        }
        return node.cluster
    }

    private func plan(
        _ terms: BalanceTerms, _ cluster: ClusterSettings
    ) async throws -> BalancePlan {
        let members = try await observer.nodes.members(of: cluster.name)
        let open = try await drains.open().first { $0.cluster == cluster.name }
        return BalancePlanner(
            terms: terms, hdfs: try await observer.state(of: cluster),
            names: Dictionary(
                members.map { ($0.name, $0.hadoopNames) }, uniquingKeysWith: { one, _ in one }),
            draining: open?.node
        ).plan()
    }

    private func record(
        _ order: BalanceOrder, _ cluster: String, by person: String
    ) -> BalanceRecord {
        let (now, terms) = (time.now(), order.terms)
        return BalanceRecord(
            id: "balance-\(Hex.encode(time.random(Self.idBytes)))", cluster: cluster,
            state: .ordered, words: "the master's agent is to start HDFS's balancer",
            threshold: terms.threshold, bandwidth: terms.bandwidth,
            limitSeconds: terms.limitSeconds, requestedBy: person,
            reason: LaunchRecord.reason(order.reason), startedAt: now, changedAt: now)
    }

    private static func terms(of request: Request) throws -> BalanceTerms {
        let query = request.uri.queryParameters
        var terms = BalanceTerms()
        if let text = query["threshold"] { terms.threshold = Double(text) ?? .nan }
        if let text = query["bandwidth"] { terms.bandwidth = Int64(text) ?? 0 }
        try check(terms)
        return terms
    }

    private static func check(_ terms: BalanceTerms) throws {
        if let problem = terms.problem { throw Refusal.badRequest(problem) }
    }

    static let maximumWords = 1000

    private static func check(_ report: BalanceReport) throws {
        guard report.state == .running || report.state.isOver,
            report.words.utf8.count <= maximumWords,
            report.round.map(isPossible) ?? true
        else {
            throw Refusal.badRequest(
                "'state' is 'running' or one that is over, 'words' has at most \(maximumWords) "
                    + "bytes, and the numbers of 'round' are 0 to \(maximumBytes)")
        }
    }

    /// An exbibyte: what is moved and what is left have a sum.
    static let maximumBytes: Int64 = 1 << 60

    private static func isPossible(_ round: BalanceRound) -> Bool {
        [Int64(round.number), round.movedBytes, round.leftBytes]
            .allSatisfy { (0...maximumBytes).contains($0) }
    }
}
