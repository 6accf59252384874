internal import Logging
internal import ServiceLifecycle

/// Writes down every minute how each cluster stands.
struct HistoryKeeper: Service {
    static let interval = Duration.seconds(60)

    let settings: PanelSettings
    let database: PanelDatabase
    let time: PanelTime
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.round()
                try await self.time.sleep(Self.interval)
            }
        }
    }

    func round() async {
        let now = time.now()
        do {
            try await database.write { [settings] database in
                for cluster in settings.clusters {
                    try ClusterHistory.note(cluster, now: now, in: database)
                }
            }
        } catch {
            guard !Task.isCancelled else { return }
            logger.warning("cannot write history", metadata: ["error": "\(error)"])
        }
    }
}
