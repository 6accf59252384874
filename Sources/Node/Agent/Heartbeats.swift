internal import FoundationEssentials
internal import Host
internal import PanelAPI

/// Tells the panel again and again that this node lives; through an outage of the panel too.
struct Heartbeats: Sendable {
    /// The first wait while the panel is away; it doubles. Nodes wait unequally long, half of it at
    /// least, so that a panel that comes back is not asked by all of them at once.
    static let retryInterval = Duration.seconds(5)
    static let maximumRetryInterval = Duration.seconds(60)
    /// No panel may ask for more than this; between two heartbeats where there is more to tell.
    static let minimumInterval = Duration.milliseconds(100)
    /// Failures in a row between two lines in the log.
    static let failuresPerLine = 10

    let world: NodeWorld
    let panel: any PanelConnection
    var pace = Pace.free
    /// Nil during a boot.
    var news: News?

    /// Runs until it is cancelled; `heard` is given each answer.
    func run(
        _ heard: @escaping @Sendable (HeartbeatAnswer) async throws -> Void = { _ in }
    ) async throws {
        let pulse = Pulse(paths: world.paths, isHostWide: try LoadScope.isHostWide(world))
        let bootID = try world.bootID()
        var failures = 0
        while !Task.isCancelled {
            var interval = Self.minimumInterval
            do {
                let (answer, hasMore) = try await turn { try await beat(pulse, bootID, heard) }
                if !hasMore { interval = max(.seconds(answer.intervalSeconds), interval) }
                if failures > 0 {
                    world.log.line("heartbeat: the panel answers again, after \(failures) tries")
                }
                failures = 0
                pace.says("the panel has answered; the master is \(Self.name(answer.master))")
            } catch is CancellationError {
                return
            } catch {
                if failures % Self.failuresPerLine == 0 { world.log.line("heartbeat: \(error)") }
                pace.says("no answer: \(error)")
                interval = Self.wait(afterFailures: failures, random: world.random())
                failures += 1
            }
            pace.turned()
            await pace.sleep(for: interval, clock: world.clock)
        }
    }

    /// Deciding only. `random` is in 0...1.
    static func wait(afterFailures failures: Int, random: Double) -> Duration {
        let longest = min(retryInterval * (1 << min(failures, 8)), maximumRetryInterval)
        return longest * (0.5 + random / 2)
    }

    /// Says also whether there is more to tell.
    private func beat(
        _ pulse: Pulse, _ bootID: String,
        _ heard: @Sendable (HeartbeatAnswer) async throws -> Void
    ) async throws -> (HeartbeatAnswer, hasMore: Bool) {
        var beat = pulse.beat(bootID)
        var batch: SampleBuffer.Batch?
        if let news {
            beat.sentAt = (world.now().timeIntervalSince1970 * 1000).rounded() / 1000
            batch = await news.fill(&beat)
        }
        let answer = try await panel.heartbeat(beat)
        if let batch { news?.buffer.confirm(batch) }
        try await heard(answer)
        return (answer, batch?.isPart ?? false)
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
