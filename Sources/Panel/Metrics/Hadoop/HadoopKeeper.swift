internal import HadoopMetrics
internal import Logging
internal import PanelAPI
internal import ServiceLifecycle
internal import Transfer

/// Reads the pages of a cluster's Hadoop every half minute, each in a task of its own: one that
/// does not answer holds up no other.
struct HadoopKeeper: Service {
    static let interval = Duration.seconds(30)
    /// For one page; a NameNode in a long collection of garbage is asked again the next time.
    static let callLimit = Duration.seconds(20)
    /// For one node's page, of which so many are asked for at once.
    static let nodeCallLimit = Duration.seconds(5)
    static let maximumConcurrent = 16

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let cluster: String
    let sources: [HadoopSource]
    let masters: MasterRepository
    let nodes: NodeRepository
    let store: MetricStore
    let forward: MetricForward
    let transfer: TransferClient
    let time: PanelTime
    let logger: Logger

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for source in sources {
                group.addTask { await cancelWhenGracefulShutdown { await keep(source) } }
            }
        }
    }

    private func keep(_ source: HadoopSource) async {
        var failed = false
        while !Task.isCancelled {
            do {
                try await look(at: source)
                failed = false
            } catch {
                guard !Task.isCancelled else { return }
                if !failed {
                    logger.warning(
                        "cannot read Hadoop's figures",
                        metadata: [
                            "cluster": "\(cluster)", "of": "\(source.name)", "error": "\(error)",
                        ])
                }
                failed = true
            }
            try? await time.sleep(Self.interval)
        }
    }

    /// Asks once and stores what came. Nothing where there is no master.
    func look(at source: HadoopSource) async throws {
        guard !source.isEachNodes else { return try await lookAtNodes(source) }
        guard let master = try await masters.current(of: cluster) else { return }
        try await store(
            try await values(of: source, at: master.address), of: source,
            host: source.host(of: cluster), name: source.host(of: cluster))
    }

    /// Each node's own page. One that has none, or does not answer now, has no figures now.
    private func lookAtNodes(_ source: HadoopSource) async throws {
        let members = try await nodes.members(of: cluster)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, node) in members.enumerated() {
                if index >= Self.maximumConcurrent { try await group.next() }
                group.addTask {
                    guard
                        let values = try? await self.values(
                            of: source, at: node.address, within: Self.nodeCallLimit)
                    else { return }
                    try await self.store(
                        values, of: source, host: node.instanceID, name: node.name)
                }
            }
            try await group.waitForAll()
        }
    }

    private func values(
        of source: HadoopSource, at address: String, within limit: Duration = callLimit
    ) async throws -> [HadoopValue] {
        let url = "http://\(address):\(source.port)\(source.path)"
        var request = HTTPRequest("GET", url)
        request.proxyBypass = true
        let answer = try await transfer.send(
            request,
            limits: TransferLimits(total: limit, maximumBody: Int64(source.maximumBytes)))
        guard answer.status == 200 else {
            throw Failure(description: "status \(answer.status) of \(url)")
        }
        return try source.read(answer.body)
    }

    /// `host` is whose they are in the store, `name` in what is forwarded.
    private func store(
        _ values: [HadoopValue], of source: HadoopSource, host: String, name: String
    ) async throws {
        let now = time.now()
        let figures = Dictionary(values.map { ($0.key, $0.value) }) { first, _ in first }
        let receipt = try await store.insert(
            [MetricStore.Row(host: host, at: now, values: figures)], now: now)
        forward.add([MetricStore.Row(host: name, at: now, values: figures)], now: now)
        if !receipt.refused.isEmpty {
            logger.warning(
                "figures of Hadoop refused",
                metadata: ["of": "\(source.name)", "why": "\(receipt.refused)"])
        }
    }
}
