import HadoopMetrics
import HummingbirdTesting
import PanelAPI
import PanelClient
import Testing

@testable import Panel

/// HDFS's balancer, as people order it and the master runs it.
@Suite struct BalanceTests {
    private static func with(
        _ body: @escaping @Sendable (Lab, Panel, any TestClientProtocol) async throws -> Void
    ) async throws {
        try await Lab.with { lab in
            var lab = lab
            lab.clusters[0].hadoop.nameNode = 9870
            for number in 1...3 { lab.launch(number, role: number == 1 ? "master" : "slave") }
            lab.hdfs.serve(["10.0.0.2", "10.0.0.3"])
            try await lab.withPanel { [lab] panel, api in
                for number in 1...3 { _ = try await lab.client(number, api).enrol() }
                _ = try await lab.client(1, api).putMaster()
                try await body(lab, panel, api)
            }
        }
    }

    private static func operators(_ api: any TestClientProtocol) -> PanelClient {
        PanelClient(url: "http://panel", transport: RouterTransport(api: api))
    }

    private static func order(
        _ api: any TestClientProtocol, _ terms: BalanceTerms = BalanceTerms()
    ) async throws -> BalanceView {
        try await operators(api).balance(
            BalanceOrder(terms: terms, reason: "grown"), in: "demo",
            operatorToken: Lab.operatorToken)
    }

    private static func latest(_ api: any TestClientProtocol) async throws -> BalanceView {
        let all = try await operators(api).balances(in: "demo", operatorToken: Lab.operatorToken)
        return try #require(all.first)
    }

    private static func refusal(
        _ call: @Sendable () async throws -> Void
    ) async -> (status: Int, word: String, message: String) {
        await MembershipTests().refusal(call)
    }

    @Test func `the master hears of a run at once, and people of how it goes`() async throws {
        try await Self.with { lab, panel, api in
            let master = lab.client(1, api)
            let none = try await master.balance(unlike: nil, waitSeconds: 0)
            #expect(none?.run == nil)
            async let waiting = master.balance(unlike: none?.revision, waitSeconds: 20)
            let terms = BalanceTerms(threshold: 5, bandwidth: 1 << 20, limitSeconds: 3600)
            let order = try await Self.order(api, terms)
            #expect(order.state == .ordered && order.reason == "grown")
            let task = try #require(try await waiting)
            #expect(task.run == .init(id: order.id, terms: terms, isCancelled: false))
            #expect(try await master.balance(unlike: task.revision, waitSeconds: 0) == nil)
            let round = BalanceRound(number: 2, movedBytes: 3 << 20, leftBytes: 1 << 29)
            try await master.report(
                BalanceReport(state: .running, words: "HDFS's balancer runs", round: round),
                ofBalance: order.id)
            let running = try await Self.latest(api)
            #expect(running.state == .running && running.round == round)
            #expect(
                running.sentence == "HDFS's balancer runs; round 2: 3 MiB moved, 512 MiB left")
            try await master.report(
                BalanceReport(state: .balanced, words: "all are within"), ofBalance: order.id)
            let done = try await Self.latest(api)
            #expect(done.state == .balanced && done.round == round && done.endedAt != nil)
            // Told again after it is over, nothing changes.
            try await master.report(
                BalanceReport(state: .running, words: "late"), ofBalance: order.id)
            #expect(try await Self.latest(api) == done)
            #expect(try await panel.auditLines("balance").count == 1)
            #expect(try await panel.auditLines("balance-balanced").count == 1)
        }
    }

    @Test func `one runs at a time, and a node that is drained goes first`() async throws {
        try await Self.with { lab, panel, api in
            let first = try await Self.order(api)
            let second = await Self.refusal { _ = try await Self.order(api) }
            #expect(second.status == 409 && second.word == "balance-under-way")
            #expect(second.message.contains(first.id))
            // Nobody has taken it up: it is over at once.
            let cancelled = try await Self.operators(api).cancelBalance(
                first.id, in: "demo", operatorToken: Lab.operatorToken)
            #expect(cancelled.state == .cancelled)
            let again = await Self.refusal {
                _ = try await Self.operators(api).cancelBalance(
                    first.id, in: "demo", operatorToken: Lab.operatorToken)
            }
            #expect(again.status == 409 && again.word == "balance-over")
            try await panel.drains.drains.insert(
                DrainRecord(
                    id: "drain-1", cluster: "demo", instanceID: Lab.node(3).instanceID,
                    node: "slave-2", state: .decommissioning, sentence: "", confirmations: 0,
                    progressAt: 0, requestedBy: "root", reason: "", startedAt: 0, changedAt: 0))
            let drained = await Self.refusal { _ = try await Self.order(api) }
            #expect(drained.status == 409 && drained.word == "cannot-balance")
            #expect(drained.message.contains("cancel-drain slave-2"), "\(drained.message)")
        }
    }

    @Test func `a run that the master knows is cancelled by the master`() async throws {
        try await Self.with { lab, _, api in
            let master = lab.client(1, api)
            let order = try await Self.order(api)
            let task = try await master.balance(unlike: nil, waitSeconds: 0)
            _ = try await Self.operators(api).cancelBalance(
                order.id, in: "demo", operatorToken: Lab.operatorToken)
            let next = try await master.balance(unlike: task?.revision, waitSeconds: 0)
            #expect(next?.run?.isCancelled == true)
            // What was on its way says nothing new.
            try await master.report(
                BalanceReport(state: .running, words: "runs"), ofBalance: order.id)
            #expect(try await Self.latest(api).state == .cancelling)
            try await master.report(
                BalanceReport(state: .cancelled, words: "it was stopped"), ofBalance: order.id)
            #expect(try await Self.latest(api).state == .cancelled)
            let rest = try await master.balance(unlike: next?.revision, waitSeconds: 0)
            #expect(rest?.run == nil)
        }
    }

    @Test func `what nobody takes up or ends is over after a while, and room for the next`()
        async throws
    {
        try await Self.with { lab, panel, api in
            let master = lab.client(1, api)
            _ = try await Self.order(api)
            lab.time.advance(BalanceRecord.takenWithin + 1)
            let untaken = try await Self.latest(api)
            #expect(untaken.state == .failed && untaken.sentence.contains("took it up"))
            #expect(untaken.endedAt == untaken.startedAt + BalanceRecord.takenWithin)
            #expect(await panel.balances.round() == 0)
            #expect(try await Self.latest(api) == untaken)
            #expect(try await panel.auditLines("balance-failed").count == 1)
            #expect(try await master.balance(unlike: nil, waitSeconds: 0)?.run == nil)
            let next = try await Self.order(api, BalanceTerms(limitSeconds: 3600))
            try await master.report(
                BalanceReport(state: .running, words: "runs"), ofBalance: next.id)
            lab.time.advance(600)
            let silent = try await Self.latest(api)
            #expect(silent.state == .running)
            #expect(silent.sentence.hasSuffix("has said nothing of it for 10 min"))
            lab.time.advance(3600 + BalanceRecord.overdueAfter)
            #expect(try await Self.latest(api).state == .failed)
            #expect(await panel.balances.round() == 0)
            // The panel was away; the agent says now how it ended.
            try await master.report(
                BalanceReport(state: .balanced, words: "all are within"), ofBalance: next.id)
            #expect(try await Self.latest(api).state == .balanced)
            #expect(try await Self.order(api).state == .ordered)
            #expect(await panel.balances.round() == 1)
        }
    }

    @Test func `only the master is asked and heard, and only what can be is taken`()
        async throws
    {
        try await Self.with { lab, _, api in
            let slave = lab.client(2, api)
            let no = await Self.refusal {
                _ = try await slave.balance(unlike: nil, waitSeconds: 0)
            }
            #expect(no.status == 409 && no.word == "not-the-master")
            let order = try await Self.order(api)
            let told = await Self.refusal {
                try await slave.report(
                    BalanceReport(state: .balanced, words: ""), ofBalance: order.id)
            }
            #expect(told.word == "not-the-master")
            let master = lab.client(1, api)
            let unknown = await Self.refusal {
                try await master.report(
                    BalanceReport(state: .balanced, words: ""), ofBalance: "balance-0")
            }
            #expect(unknown.status == 404 && unknown.word == "unknown-balance")
            let wrong = await Self.refusal {
                try await master.report(
                    BalanceReport(state: .ordered, words: ""), ofBalance: order.id)
            }
            #expect(wrong.status == 400)
            let much = await Self.refusal {
                try await master.report(
                    BalanceReport(
                        state: .running, words: "",
                        round: BalanceRound(number: 1, movedBytes: .max, leftBytes: 1)),
                    ofBalance: order.id)
            }
            #expect(much.status == 400)
            let terms = await Self.refusal {
                _ = try await Self.order(api, BalanceTerms(threshold: 0.5))
            }
            #expect(terms.status == 400 && terms.message.contains("'threshold' is 0.5"))
        }
    }

    private static func node(_ name: String, used: Int64, of capacity: Int64) -> HDFSState.DataNode
    {
        var node = HDFSState.DataNode(names: [name], isLive: true, admin: .inService)
        node.usedBytes = used
        node.capacityBytes = capacity
        return node
    }

    private static func plan(
        _ nodes: [HDFSState.DataNode], threshold: Double = 10, safeMode: String? = nil,
        draining: String? = nil
    ) -> BalancePlan {
        BalancePlanner(
            terms: BalanceTerms(threshold: threshold, bandwidth: 1 << 20, limitSeconds: 3600),
            hdfs: .known(HDFSState(safeMode: safeMode, dataNodes: nodes)),
            names: ["slave-1": ["10.0.0.2"]], draining: draining
        ).plan()
    }

    @Test func `what is beyond the threshold is to be moved, and a larger disk weighs more`() {
        let (full, empty, large) = (
            Self.node("10.0.0.2", used: 600 << 20, of: 1000 << 20),
            Self.node("b", used: 0, of: 1000 << 20), Self.node("c", used: 600 << 20, of: 2000 << 20)
        )
        let plan = Self.plan([empty, full, large])
        // 1200 of 4000 MiB: 30 %. One is 60 %, one 0 %, the large one as it should be.
        #expect(plan.meanPercent == 30)
        #expect(plan.nodes.map(\.node) == ["slave-1", "c", "b"])
        #expect(plan.nodes.map { $0.excessBytes >> 20 } == [200, 0, -200])
        #expect(plan.bytesToMove == 200 << 20 && plan.leastSeconds == 200)
        #expect(
            plan.sentence
                == "2 of 3 DataNodes are more than 10 points from the mean: 200 MiB are to be moved"
        )
        #expect(Self.plan([empty, full, large], threshold: 30).bytesToMove == 0)
    }

    @Test func `why it cannot be run is said`() {
        let nodes = [Self.node("a", used: 1, of: 10), Self.node("b", used: 9, of: 10)]
        #expect(Self.plan(nodes).obstacle == nil)
        #expect(Self.plan(nodes, safeMode: "on").obstacle == "the NameNode is in safe mode: on")
        #expect(Self.plan([nodes[0]]).obstacle?.contains("has 1 DataNode that takes") == true)
        #expect(Self.plan(nodes, draining: "slave-3").obstacle?.contains("'slave-3'") == true)
        let unknown = BalancePlanner(
            terms: BalanceTerms(), hdfs: .unknown("no answer"), names: [:], draining: nil
        ).plan()
        #expect(unknown.obstacle == nil && unknown.sentence.contains("no answer"))
    }
}
