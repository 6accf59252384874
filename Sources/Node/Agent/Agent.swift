internal import Cluster
public import Host
internal import PanelAPI

/// What runs on a node after its boot: heartbeats, and a hosts file that follows the cluster.
public struct Agent: Sendable {
    /// Members are asked for again after this many heartbeats, and at once when the master is
    /// another one.
    static let beatsPerRoll = 5

    private let world: NodeWorld
    private let notifier: ServiceNotifier?

    /// `notifier`: systemd, where it wants to be told.
    public init(world: NodeWorld, notifier: ServiceNotifier? = nil) {
        self.world = world
        self.notifier = notifier
    }

    /// Runs until it is cancelled. Throws only if it cannot find out what this node is.
    public func run() async throws {
        notifier?.send(.status("asking metadata what this node is"))
        let configuration = BootConfiguration(world.paths)
        let plan = try configuration.plan(for: try await world.metadata.facts())
        let panel = try world.connect(plan.cluster, plan.address)
        // Ready whether the panel answers or not: its absence is no fault of this node.
        notifier?.send(.ready, .status("asking the panel at \(plan.cluster.panel)"))
        let pace = notifier.map { Pace.watched(by: $0) } ?? .free
        let roll = Roll()
        try await Heartbeats(world: world, panel: panel, pace: pace).run { answer in
            guard let master = answer.master, await roll.isDue(master) else { return }
            try await follow(master, plan.address.address, panel)
            await roll.follows(master)
        }
    }

    private func follow(
        _ master: MasterRecord, _ address: String, _ panel: any PanelConnection
    ) async throws {
        let neighbours = Neighbours(world, address: address)
        if try neighbours.write(members: try await panel.members(), master: master) {
            world.log.line("agent: the hosts file follows the cluster, master \(master.address)")
        }
    }

    /// When the members are asked for again.
    private actor Roll {
        private var known: MasterRecord?
        private var beats = 0

        func isDue(_ master: MasterRecord) -> Bool {
            defer { beats += 1 }
            return beats % Agent.beatsPerRoll == 0 || master != known
        }

        func follows(_ master: MasterRecord) { known = master }
    }
}
