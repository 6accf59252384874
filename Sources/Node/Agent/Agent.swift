internal import Cluster
internal import Host
internal import PanelAPI

/// What runs on a node after its boot: heartbeats, and a hosts file that follows the cluster.
public struct Agent: Sendable {
    static let defaultInterval = Duration.seconds(60)
    /// While the panel is away.
    static let retryInterval = Duration.seconds(5)
    static let maximumRetryInterval = Duration.seconds(60)
    /// Members are asked for again after this many heartbeats.
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
        let pulse = Pulse(paths: world.paths, isHostWide: world.isLight)
        let bootID = try world.bootID()
        var sequence = 0
        var wait = Self.retryInterval
        while !Task.isCancelled {
            var interval = wait
            do {
                let answer = try await panel.heartbeat(try pulse.beat(bootID, sequence))
                interval = .seconds(max(answer.intervalSeconds, 0.1))
                wait = Self.retryInterval
                if sequence % Self.beatsPerRoll == 0, let master = answer.master {
                    try await follow(master, panel)
                }
                sequence += 1
            } catch is CancellationError {
                return
            } catch {
                world.log.line("agent: \(error)")
                wait = min(wait * 2, Self.maximumRetryInterval)
            }
            try? await world.clock.sleep(for: interval)
        }
    }

    private func follow(_ master: MasterRecord, _ panel: any PanelConnection) async throws {
        let neighbours = Neighbours(files: world.paths.files)
        if try neighbours.write(members: try await panel.members(), master: master) {
            world.log.line("agent: the hosts file follows the cluster, master \(master.address)")
        }
    }
}
