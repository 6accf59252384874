internal import Logging
internal import ServiceLifecycle

/// Asks EC2 every few seconds what became of the instances that enrolled.
struct InstanceWatcher: Service {
    /// Instances in one question (EC2 takes 1000 ids).
    static let batchSize = 200

    let nodes: NodeRepository
    let cloud: any Cloud
    let waiters: Waiters
    let time: PanelTime
    let logger: Logger
    let interval: Duration

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
            let ids = try await nodes.current().map(\.instanceID)
            for start in stride(from: 0, to: ids.count, by: Self.batchSize) {
                let batch = Array(ids[start..<min(start + Self.batchSize, ids.count)])
                try await look(at: batch)
            }
        } catch {
            // A panel that stops cuts its own question short.
            guard !Task.isCancelled else { return }
            logger.warning("cannot watch instances", metadata: ["error": "\(error)"])
        }
    }

    private func look(at ids: [String]) async throws {
        let found = try await cloud.instances(ids)
        let states = Dictionary(found.map { ($0.id, $0.state) }) { first, _ in first }
        for id in ids {
            let isForgotten = try await nodes.noteMissing(
                states[id] == nil, id, now: time.now())
            guard let state = states[id] ?? (isForgotten ? CloudState.forgotten : nil)
            else { continue }
            if try await nodes.setCloudState(state, of: id, now: time.now()) {
                logger.info("instance", metadata: ["instance": "\(id)", "state": "\(state)"])
                await waiters.changed(MasterElection.topic)
            }
        }
    }
}
