internal import Autoscaling
internal import Digests
internal import Logging
internal import PanelAPI
internal import ServiceLifecycle

/// Decides every minute whether each cluster is to grow, writes down what and why, and, where it
/// is on, orders launches. It ends nothing.
struct Autoscaler: Service {
    static let interval = Duration.seconds(60)
    /// As it stands in the audit log and in launches.
    static let actor = "autoscaler"

    let settings: PanelSettings
    let reader: ScalingReader
    let decisions: DecisionRepository
    let launches: LaunchRepository
    let drains: DrainRepository
    let launcher: WakeUp
    let drainer: WakeUp
    let rolls: MemberRolls
    let time: PanelTime
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.round()
                try await self.time.sleep(Self.interval)
            }
        }
    }

    func round() async {
        for cluster in settings.clusters where cluster.scaling.mode != .off {
            do { try await decide(cluster) } catch {
                guard !Task.isCancelled else { return }
                logger.warning(
                    "cannot decide", metadata: ["cluster": "\(cluster.name)", "error": "\(error)"])
            }
        }
    }

    /// Orders before it writes down: whoever restarts in between finds the launches and rests.
    private func decide(_ cluster: ClusterSettings) async throws {
        let rule = cluster.scaling.rule
        let now = time.now()
        let start = ContinuousClock.now
        var decision = rule.decide(try await reader.input(cluster, rule, now: now))
        let took = ContinuousClock.now - start
        if decision.outcome == .add, cluster.scaling.mode == .on {
            decision = try await grow(cluster, decision)
        }
        try await decisions.insert(
            decision, of: cluster.name, mode: cluster.scaling.mode, seconds: took / .seconds(1))
        if decision.outcome == .add {
            logger.info(
                "decided",
                metadata: ["cluster": "\(cluster.name)", "decision": "\(decision.sentence)"])
        }
    }

    /// As many as the whole cluster has room for; the decision with what was ordered.
    private func grow(
        _ cluster: ClusterSettings, _ decision: Decision
    ) async throws -> Decision {
        if let node = try await drains.cancelOpen(
            of: cluster.name, by: Self.actor, reason: decision.sentence, now: decision.at)
        {
            await rolls.changed(cluster.name)
            await drainer.call()
            return Self.hold(
                decision, "load is back, so the drain of '\(node)' is cancelled before it grows")
        }
        var decision = decision
        let room = try await launches.room(in: cluster)
        let count = min(decision.count, room, LaunchRecord.counts.upperBound)
        guard count > 0 else { return Self.hold(decision, Self.full(cluster)) }
        if count < decision.count { decision.sentence += "; \(Self.full(cluster, for: count))" }
        decision.count = count
        let order = LaunchOrder(
            role: cluster.scaling.rule.role, count: count, reason: decision.sentence)
        let records = try LaunchRecord.make(order, in: cluster, by: Self.actor, time: time)
        do {
            try await launches.insert(records, limit: cluster.maximumNodes)
        } catch let refusal as Refusal {
            return Self.hold(decision, refusal.refusal.message)
        }
        await launcher.call()
        return decision
    }

    private static func hold(_ decision: Decision, _ reason: String) -> Decision {
        var held = decision
        held.outcome = .hold
        held.count = 0
        held.sentence = "hold: \(reason)"
        return held
    }

    private static func full(_ cluster: ClusterSettings, for count: Int = 0) -> String {
        "'maximum-nodes' \(cluster.maximumNodes) of all roles leaves room for \(count)"
    }
}
