internal import Cluster
internal import Host
internal import PanelAPI

/// What runs on a node after its boot: heartbeats, and a hosts file that follows the cluster.
public struct Agent: Sendable {
    /// Members are asked for again after this many heartbeats, and at once when the master is
    /// another one.
    static let beatsPerRoll = 5

    private let world: NodeWorld

    public init(world: NodeWorld) {
        self.world = world
    }

    /// Runs until it is cancelled. Throws only if it cannot find out what this node is.
    public func run() async throws {
        let configuration = BootConfiguration(files: world.paths.files)
        let plan = try configuration.plan(for: try await world.metadata.facts())
        let panel = try world.connect(plan.cluster.panel, plan.address)
        var known: MasterRecord?
        var beats = 0
        try await Heartbeats(world: world, panel: panel).run { answer in
            let isTime = beats % Self.beatsPerRoll == 0
            beats += 1
            guard let master = answer.master, isTime || master != known else { return }
            try await follow(master, plan.address.address, panel)
            known = master
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
}
