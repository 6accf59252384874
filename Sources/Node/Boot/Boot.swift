internal import AWS
internal import Cluster
internal import Host
public import PanelAPI

/// A whole boot: finds out what the node is, carries the plan out, keeps the state for
/// `howdah-node status`, and reports to the panel.
public struct Boot: Sendable {
    private let world: NodeWorld

    public init(world: NodeWorld) {
        self.world = world
    }

    /// Runs the boot to its end, whatever it is; throws only if the state itself cannot be kept.
    public func run() async throws -> BootState {
        let recorder = try BootRecorder(bootID: try world.bootID(), world: world)
        let found = Found()
        let first = Step("facts", deadline: world.deadlines.facts) {
            let plan = try BootConfiguration(world.paths).plan(
                for: try await world.metadata.facts())
            await found.set(plan)
            await recorder.knows(plan)
            return .done("\(plan.facts.instanceID) is \(plan.role) of '\(plan.cluster.cluster)'")
        }
        _ = await StepGraph([first], clock: world.clock).run(observer: recorder.observe)
        guard let plan = await found.plan else { return try await recorder.finish() }
        let panel: any PanelConnection
        do {
            panel = try world.connect(plan.cluster, plan.address)
        } catch {
            await recorder.failed("enrol", "\(error)")
            return try await recorder.finish()
        }
        let steps = BootSteps(world: world, plan: plan, panel: panel).all
        await recorder.knows(steps)
        let heartbeats = BootHeartbeats(Heartbeats(world: world, panel: panel))
        let members = BootMemberWatch(
            MemberWatch(world: world, plan: plan, panel: panel, tells: false))
        let record = recorder.observe
        let graph = StepGraph(steps, clock: world.clock, log: { [world] in world.log.line($0) })
        _ = await graph.run(offset: await recorder.elapsed) {
            await record($0, $1)
            await members.note($0, $1)
            if await recorder.isEnrolled { await heartbeats.begin() }
        }
        await heartbeats.end()
        await members.end()
        return try await report(recorder, plan, panel)
    }

    /// The report is the last step: a boot whose report failed ran, but is degraded.
    private func report(
        _ recorder: BootRecorder, _ plan: BootPlan, _ panel: any PanelConnection
    ) async throws -> BootState {
        let whole = await recorder.report(plan.facts.instanceID)
        guard await recorder.isEnrolled else { return try await recorder.finish() }
        let limits = world.deadlines
        let step = Step("report", deadline: limits.report, retry: limits.retry) {
            try await panel.report(whole)
            return .done("told the panel: \(whole.outcome.rawValue)")
        }
        _ = await StepGraph([step], clock: world.clock, log: { world.log.line($0) }).run(
            offset: await recorder.elapsed, observer: recorder.observe)
        return try await recorder.finish()
    }

    private actor Found {
        private(set) var plan: BootPlan?
        func set(_ plan: BootPlan) { self.plan = plan }
    }
}

extension BootPlan {
    /// What the node says of itself to the panel.
    public var address: NodeAddress {
        NodeAddress(
            instanceID: facts.instanceID, address: facts.address, hostname: facts.hostname,
            availabilityZone: facts.availabilityZone)
    }
}
