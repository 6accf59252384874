internal import Hummingbird
internal import PanelAPI

/// What Hadoop itself says of a cluster, for operators.
struct QueueController: Sendable {
    /// Older figures are none of now.
    static let maximumAgeSeconds = 300.0

    let settings: PanelSettings
    let store: MetricStore
    let time: PanelTime

    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.get(":name/queues") { _, context in
            let cluster = try settings.cluster(try context.parameters.require("name"))
            return try JSONBody.response(try await queues(of: cluster))
        }
    }

    private func queues(of cluster: ClusterSettings) async throws -> ClusterQueues {
        let sources = HadoopSource.all(cluster.hadoop)
        guard !sources.isEmpty else {
            throw Refusal.notFound(
                "no-hadoop", "panel.yaml names no 'hadoop' ports for '\(cluster.name)'")
        }
        let hosts = Set(sources.map { $0.host(of: cluster.name) })
        let rows = try await store.latest(now: time.now(), maximumAge: Self.maximumAgeSeconds)
        let figures = rows.filter { hosts.contains($0.host) }.flatMap { row in
            row.values.map { ClusterQueues.Figure(key: $0.key, value: $0.value, at: row.at) }
        }
        return ClusterQueues(
            cluster: cluster.name, figures: figures.sorted { $0.key < $1.key })
    }
}
