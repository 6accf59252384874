internal import Cluster
internal import FoundationEssentials
internal import PanelAPI

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
        let wait =
            known.task == nil ? 0 : known.isBusy ? Self.busyWaitSeconds : Self.waitSeconds
        if let news = try await panel.balance(
            unlike: known.task?.revision, waitSeconds: wait)
        {
            known = Known(task: news)
        }
        guard try balancer.isReady() else { return known }
        guard let run = known.task?.run else {
            try await balancer.rest()
            return known
        }
        let report = try await balancer.turn(run, try await plan.expansion(in: world, panel))
        let now = world.now().timeIntervalSince1970
        guard report != known.told || now - known.toldAt > Self.tellSeconds else { return known }
        try await panel.report(report, ofBalance: run.id)
        known.told = report
        known.toldAt = now
        return known
    }
}
