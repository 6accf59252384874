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

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let cluster: String
    let sources: [HadoopSource]
    let masters: MasterRepository
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
        guard let master = try await masters.current(of: cluster) else { return }
        let url = "http://\(master.address):\(source.port)\(source.path)"
        var request = HTTPRequest("GET", url)
        request.proxyBypass = true
        let answer = try await transfer.send(
            request,
            limits: TransferLimits(
                total: Self.callLimit, maximumBody: Int64(source.maximumBytes)))
        guard answer.status == 200 else {
            throw Failure(description: "status \(answer.status) of \(url)")
        }
        let now = time.now()
        let values = try source.read(answer.body)
        let row = MetricStore.Row(
            host: source.host(of: cluster), at: now,
            values: Dictionary(values.map { ($0.key, $0.value) }) { first, _ in first })
        let receipt = try await store.insert([row], now: now)
        forward.add([row], now: now)
        if !receipt.refused.isEmpty {
            logger.warning(
                "figures of Hadoop refused",
                metadata: ["of": "\(source.name)", "why": "\(receipt.refused)"])
        }
    }
}
