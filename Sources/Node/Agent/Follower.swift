internal import AWS
internal import Cluster
internal import Host
internal import PanelAPI

/// Keeps this node in step with its cluster: the hosts file always; and when another instance has
/// become the master, or the master has another address, the files that name it and the daemons
/// that read them, by the steps of a boot.
actor Follower {
    /// Members are asked for again after this many heartbeats, and at once when the master is
    /// another one.
    static let beatsPerRoll = 5
    /// Heartbeats between two tries, at most: it doubles after each failure.
    static let maximumPause = 32

    private let world: NodeWorld
    private let plan: BootPlan
    private let panel: any PanelConnection
    private let bootID: String
    private let store: StateStore
    /// Whose address the hosts file has.
    private var known: MasterRecord?
    private var beats = 0
    /// The master that is to be followed and is not yet.
    private var pending: MasterRecord?
    private var work: Task<Void, Never>?
    private var failures = 0
    private var beatsToWait = 0

    init(
        world: NodeWorld, plan: BootPlan, panel: any PanelConnection, bootID: String
    ) throws {
        self.world = world
        self.plan = plan
        self.panel = panel
        self.bootID = bootID
        store = StateStore(files: world.paths.files)
        pending = try store.agent(ofBoot: bootID).following
    }

    /// The panel has said who the master is. Throws where the hosts file cannot follow; the rest
    /// goes on behind the heartbeats, since daemons take minutes.
    func hear(_ master: MasterRecord) async throws {
        defer { beats += 1 }
        try noteChange(master)
        if beats % Self.beatsPerRoll == 0 || master != known {
            try await writeHosts(master)
            known = master
        }
        guard pending != nil, work == nil else { return }
        if beatsToWait > 0 {
            beatsToWait -= 1
        } else {
            work = Task { await self.bringInStep() }
        }
    }

    /// Waits for what is under way.
    func settle() async { await work?.value }

    /// For the end of the agent.
    func stop() { work?.cancel() }

    /// A change is kept before the hosts file is written: who is cut off between the two finds the
    /// file right and must still know what is to be done.
    private func noteChange(_ master: MasterRecord) throws {
        // A master is replaced; it does not follow. And who has no block yet has not booted.
        guard !plan.isMaster, let before = try hostsMaster() else { return }
        if before == master.address, pending == nil || pending == master { return }
        guard pending != master else { return }
        pending = master
        (failures, beatsToWait) = (0, 0)
        try store.changeAgent(ofBoot: bootID) { $0.following = master }
        if before != master.address {
            world.log.line(
                "agent: the master is \(master.address) now, no longer \(before)")
        }
    }

    private func hostsMaster() throws -> String? {
        Neighbours.master(
            in: try world.paths.files.textIfPresent(Neighbours.hostsPath) ?? "")
    }

    private func writeHosts(_ master: MasterRecord) async throws {
        let neighbours = Neighbours(world, address: plan.facts.address)
        if try neighbours.write(members: try await panel.members(), master: master) {
            world.log.line("agent: the hosts file follows the cluster, master \(master.address)")
        }
    }

    private func bringInStep() async {
        defer { work = nil }
        guard let master = pending else { return }
        guard await isDone(master) else {
            failures += 1
            beatsToWait = min(1 << min(failures, 5), Self.maximumPause) - 1
            return
        }
        failures = 0
        // Another one may have come meanwhile.
        guard pending == master else { return }
        pending = nil
        do {
            try store.changeAgent(ofBoot: bootID) { $0.following = nil }
        } catch {
            world.log.line("agent: \(error)")
        }
    }

    /// False: to be tried again.
    private func isDone(_ master: MasterRecord) async -> Bool {
        do {
            // A boot under way does all this itself, but perhaps with the old master.
            guard let lock = try BootLock.take(world.paths.files) else { return false }
            let isDone = try await carryOut(master)
            _ = consume lock
            return isDone
        } catch {
            world.log.line("agent: following the master: \(error)")
            return false
        }
    }

    private func carryOut(_ master: MasterRecord) async throws -> Bool {
        guard let boot = try store.status(ofBoot: bootID), boot.stage != .running,
            boot.stage != .failed
        else {
            world.log.line("agent: the boot has not ended well; it is to follow the master")
            return true
        }
        let name = try await panel.currentEnrolment().name
        let steps = await BootSteps(world: world, plan: plan, panel: panel)
            .following(master, name: name)
        let log = world.log
        let reports = await StepGraph(steps, clock: world.clock).run { name, report in
            guard let report else { return }
            log.line("agent: \(name): \(report.outcome.rawValue): \(report.detail)")
        }
        return !reports.contains { $0.outcome == .failed || $0.outcome == .skipped }
    }
}
