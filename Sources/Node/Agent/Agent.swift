internal import Cluster
public import Host
internal import PanelAPI

/// What runs on a node after its boot: heartbeats with what the node measures and what the cloud
/// has in mind for it, and files and daemons that follow the cluster.
public struct Agent: Sendable {
    /// By then it has asked metadata and the panel, and read the first counters.
    static let start = Duration.seconds(10)

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
        let bootID = try world.bootID()
        // Ready whether the panel answers or not: its absence is no fault of this node.
        notifier?.send(.ready, .status("asking the panel at \(plan.cluster.panel)"))
        let buffer = SampleBuffer()
        let follower = try Follower(world: world, plan: plan, panel: panel, bootID: bootID)
        var heartbeats = Heartbeats(world: world, panel: panel)
        heartbeats.pace = notifier.map { Pace.watched(by: $0) } ?? .free
        heartbeats.news = News(
            buffer: buffer, notices: try NoticeWatch(world: world, bootID: bootID),
            space: DiskSpace(
                paths: world.paths, mounts: plan.cluster.storage.map(\.mount),
                hasPlainMounts: world.hasPlainMounts))
        let measuring = Measuring(
            reader: CounterReader(paths: world.paths), buffer: buffer, clock: world.clock,
            now: world.now)
        let measures = Task { await measuring.run() }
        let watch = MemberWatch(world: world, plan: plan, panel: panel, tells: true)
        let members = Task { await watch.run() }
        let balances = Task {
            await BalanceWatch(world: world, plan: plan, panel: panel, bootID: bootID).run()
        }
        let settles = Task { [clock = world.clock] in
            try await clock.sleep(for: Self.start)
            StartPages.giveBack()
        }
        defer {
            measures.cancel()
            members.cancel()
            balances.cancel()
            settles.cancel()
        }
        do {
            try await heartbeats.run { answer in
                if let master = answer.master { try await follower.hear(master) }
            }
        } catch {
            await follower.stop()
            throw error
        }
        await follower.stop()
    }
}
