internal import Host
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
    var pace = Pace.free

    /// Runs until it is cancelled; `heard` is given each answer.
    func run(
        _ heard: @escaping @Sendable (HeartbeatAnswer) async throws -> Void = { _ in }
    ) async throws {
        let pulse = Pulse(paths: world.paths, isHostWide: try LoadScope.isHostWide(world))
        let bootID = try world.bootID()
        var wait = Self.retryInterval
        while !Task.isCancelled {
            var interval = wait
            do {
                let answer = try await turn {
                    let answer = try await panel.heartbeat(pulse.beat(bootID))
                    try await heard(answer)
                    return answer
                }
                interval = max(.seconds(answer.intervalSeconds), Self.minimumInterval)
                wait = Self.retryInterval
                pace.says("the panel has answered; the master is \(Self.name(answer.master))")
            } catch is CancellationError {
                return
            } catch {
                world.log.line("heartbeat: \(error)")
                pace.says("no answer: \(error)")
                wait = min(wait * 2, Self.maximumRetryInterval)
            }
            pace.turned()
            await pace.sleep(for: interval, clock: world.clock)
        }
    }

    /// No question may hold the loop up: whoever watches it would take it for hung.
    private func turn<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let limit = pace.limit
        return try await withDeadline(
            limit, clock: world.clock,
            late: { DeadlinePassed(what: "the panel to answer a heartbeat", limit: limit) }, body)
    }

    private static func name(_ master: MasterRecord?) -> String { master?.address ?? "not known" }
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
