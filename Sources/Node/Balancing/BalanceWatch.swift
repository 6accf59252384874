internal import Cluster
internal import FoundationEssentials
internal import PanelAPI
internal import PanelClient

/// Asks the panel what is to be balanced, and tells it how that goes.
struct BalanceWatch: Sendable {
    /// Of one question while nothing is to be done, and while a balancer runs.
    static let waitSeconds = 25
    static let busyWaitSeconds = 2
    /// What has not changed is told again after so long.
    static let tellSeconds = 60.0

    /// What the panel wants, and what it was told last.
    struct Known: Sendable {
        var task: BalanceTask?
        var told: BalanceReport?
        var toldAt = 0.0

        var isBusy: Bool { task?.run != nil }
    }

    let world: NodeWorld
    let plan: BootPlan
    let panel: any PanelConnection
    let bootID: String

    /// Runs until it is cancelled; at once over where the role has no balancer.
    func run() async {
        guard let balancer = Balancer(world: world, plan: plan, bootID: bootID) else { return }
        var known = Known()
        var failures = 0
        while !Task.isCancelled {
            do {
                known = try await turn(balancer, known)
                failures = 0
            } catch {
                guard !Task.isCancelled else { return }
                if failures == 0 { world.log.line("balancer: \(error)") }
                failures += 1
            }
            do {
                let pause = MemberWatch.wait(afterFailures: failures)
                try await world.clock.sleep(for: pause)
            } catch { return }
        }
    }

    /// One question and what follows from its answer.
    func turn(_ balancer: Balancer, _ known: Known) async throws -> Known {
        var known = known
        do {
            if let news = try await ask(known) { known = Known(task: news) }
        } catch {
            // Its limit holds while the panel is away, too.
            if let run = known.task?.run, try balancer.isReady() {
                _ = try await balancer.turn(run, expanding)
            }
            throw error
        }
        guard try balancer.isReady() else { return known }
        if let run = known.task?.run {
            let report = try await balancer.turn(run, expanding)
            let now = world.now().timeIntervalSince1970
            if report != known.told || now - known.toldAt > Self.tellSeconds {
                try await panel.report(report, ofBalance: run.id)
                if report.state.isOver { try balancer.heard(run.id) }
                (known.told, known.toldAt) = (report, now)
            }
        } else {
            try await balancer.rest()
        }
        try await tellEnding(balancer)
        return known
    }

    /// How a run ended while the panel was away. One that the panel does not know any more is none
    /// of its business.
    private func tellEnding(_ balancer: Balancer) async throws {
        guard let record = try balancer.untold(), let ending = record.ending else { return }
        do {
            try await panel.report(ending, ofBalance: record.run)
        } catch PanelError.refused(_, let status, _) where status == 404 {}
        try balancer.heard(record.run)
    }

    private func ask(_ known: Known) async throws -> BalanceTask? {
        let wait =
            known.task == nil ? 0 : known.isBusy ? Self.busyWaitSeconds : Self.waitSeconds
        return try await panel.balance(unlike: known.task?.revision, waitSeconds: wait)
    }

    private var expanding: Balancer.Expanding {
        { [plan, world, panel] in try await plan.expansion(in: world, panel) }
    }
}
