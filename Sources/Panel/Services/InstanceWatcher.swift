internal import Logging
internal import ServiceLifecycle
internal import Synchronization

/// Asks EC2 every few seconds what became of the instances that enrolled.
struct InstanceWatcher: Service {
    /// Instances in one question (EC2 takes 1000 ids).
    static let batchSize = 200
    /// Between two questions of one round: EC2 lets a caller ask so often, and has others to
    /// answer (Amazon EC2 API Reference, "Request throttling").
    static let questionInterval = Duration.milliseconds(500)

    /// Between two rounds of a panel that runs. After more, or less than nothing, the clock was set
    /// or the panel was away, and how long an instance was missing is not known.
    static let maximumGapSeconds = 300.0

    /// When a round began last.
    private final class LastRound: Sendable {
        private let at = Mutex<Double?>(nil)

        /// Seconds since the one before; nil for the first.
        func begin(at now: Double) -> Double? {
            at.withLock { last in
                defer { last = now }
                return last.map { now - $0 }
            }
        }
    }

    let nodes: NodeRepository
    let cloud: any Cloud
    let waiters: Waiters
    let rolls: MemberRolls
    let time: PanelTime
    let logger: Logger
    let interval: Duration
    private let lastRound = LastRound()

    init(
        nodes: NodeRepository, cloud: any Cloud, waiters: Waiters, rolls: MemberRolls,
        time: PanelTime, logger: Logger, interval: Duration
    ) {
        self.nodes = nodes
        self.cloud = cloud
        self.waiters = waiters
        self.rolls = rolls
        self.time = time
        self.logger = logger
        self.interval = interval
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.round()
                try await self.time.sleep(self.interval)
            }
        }
    }

    /// What EC2 does not answer is no news: a node is gone only when EC2 says so, or has
    /// left it out of its answers for long.
    func round() async {
        do {
            let gap = lastRound.begin(at: time.now())
            if !(gap.map { (0...Self.maximumGapSeconds).contains($0) } ?? false) {
                try await nodes.startMissingAnew(now: time.now())
            }
            let known = try await nodes.current()
            for start in stride(from: 0, to: known.count, by: Self.batchSize) {
                if start > 0 { try await time.sleep(Self.questionInterval) }
                let batch = Array(known[start..<min(start + Self.batchSize, known.count)])
                await lookOrSay(at: batch)
            }
        } catch {
            // A panel that stops cuts its own question short.
            guard !Task.isCancelled else { return }
            logger.warning("cannot watch instances", metadata: ["error": "\(error)"])
        }
    }

    /// What EC2 does not tell of some is no reason not to ask for the others.
    private func lookOrSay(at known: [NodeRecord]) async {
        do { try await look(at: known) } catch {
            guard !Task.isCancelled else { return }
            logger.warning("cannot watch instances", metadata: ["error": "\(error)"])
        }
    }

    private func look(at known: [NodeRecord]) async throws {
        let found = try await cloud.instances(known.map(\.instanceID))
        let states = Dictionary(found.map { ($0.id, $0.state) }) { first, _ in first }
        for node in known {
            let id = node.instanceID
            // Of ten thousand, nearly all are as they were.
            if let state = states[id], state == node.cloudState, node.missingSince == nil {
                continue
            }
            let isForgotten = try await nodes.noteMissing(
                states[id] == nil, id, now: time.now())
            guard let state = states[id] ?? (isForgotten ? CloudState.forgotten : nil)
            else { continue }
            if try await nodes.setCloudState(state, of: id, now: time.now()) {
                logger.info("instance", metadata: ["instance": "\(id)", "state": "\(state)"])
                await waiters.changed(MasterElection.topic(node.cluster))
                await rolls.changed(node.cluster)
            }
        }
    }
}
