internal import PanelAPI

/// Tells the panel again and again that this node lives; through an outage of the panel too.
struct Heartbeats: Sendable {
    /// The first wait while the panel is away; it doubles.
    static let retryInterval = Duration.seconds(5)
    static let maximumRetryInterval = Duration.seconds(60)
    /// No panel may ask for more than this.
    static let minimumInterval = Duration.milliseconds(100)

    let world: NodeWorld
    let panel: any PanelConnection

    /// Runs until it is cancelled; `heard` is given each answer.
    func run(_ heard: (HeartbeatAnswer) async throws -> Void = { _ in }) async throws {
        let pulse = Pulse(paths: world.paths, isHostWide: world.isLight)
        let bootID = try world.bootID()
        var wait = Self.retryInterval
        while !Task.isCancelled {
            var interval = wait
            do {
                let answer = try await panel.heartbeat(try pulse.beat(bootID))
                interval = max(.seconds(answer.intervalSeconds), Self.minimumInterval)
                wait = Self.retryInterval
                try await heard(answer)
            } catch is CancellationError {
                return
            } catch {
                world.log.line("heartbeat: \(error)")
                wait = min(wait * 2, Self.maximumRetryInterval)
            }
            try? await world.clock.sleep(for: interval)
        }
    }
}

/// Heartbeats while a boot goes on: a daemon may take minutes to be ready, and a node that works is
/// not down. They begin once the panel knows the node.
actor BootHeartbeats {
    private let heartbeats: Heartbeats
    private var task: Task<Void, any Error>?

    init(_ heartbeats: Heartbeats) {
        self.heartbeats = heartbeats
    }

    func begin() {
        guard task == nil else { return }
        task = Task { [heartbeats] in try await heartbeats.run() }
    }

    func end() {
        task?.cancel()
    }
}
