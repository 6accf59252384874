internal import MetricFormats
internal import NIOCore
internal import PanelAPI

/// Answers whoever connects as gmond does, so that gmetad can poll the panel for the whole cluster.
struct GangliaPort: Sendable {
    /// Metrics that Ganglia's own pages know under another name, with the same meaning.
    static let names: [Metric: (name: String, units: String)] = [
        .load1: ("load_one", " "), .user: ("cpu_user", "%"), .system: ("cpu_system", "%"),
        .iowait: ("cpu_wio", "%"), .runQueue: ("proc_run", " "), .tasks: ("proc_total", " "),
        .bytesReceived: ("bytes_in", "bytes/sec"), .bytesSent: ("bytes_out", "bytes/sec"),
    ]

    let viewer: ClusterViewer
    let store: MetricStore
    let cluster: ClusterSettings
    let time: PanelTime

    func serve(
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        let now = time.now()
        let rows = try await store.latest(
            now: now, maximumAge: cluster.downAfterSeconds + MetricStore.maximumFutureSeconds)
        let document = Self.document(
            try await viewer.outline(of: cluster.name), rows, now: now,
            interval: cluster.heartbeatSeconds)
        try await outbound.write(ByteBuffer(bytes: document))
    }

    /// Nodes that are gone are left out: gmetad keeps its files of them.
    static func document(
        _ view: ClusterView, _ rows: [MetricStore.Row], now: Double, interval: Double
    ) -> [UInt8] {
        let values = Dictionary(rows.map { ($0.host, $0) }) { $1 }
        let hosts = view.nodes.filter { $0.state != .gone }.map { node in
            let silent = node.silentSeconds ?? 0
            return GangliaXML.Host(
                name: node.name, address: node.address, reported: now - silent,
                silentSeconds: silent, started: 0,
                metrics: values[node.instanceID].map { metrics(of: $0, now: now) } ?? [])
        }
        return GangliaXML.document(
            cluster: view.cluster, now: now, interval: interval, hosts: hosts)
    }

    private static func metrics(of row: MetricStore.Row, now: Double) -> [GangliaXML.Metric] {
        row.values.sorted { $0.key < $1.key }.map { name, value in
            let known = Metric(rawValue: name).flatMap { names[$0] }
            return GangliaXML.Metric(
                name: known?.name ?? name, value: value, units: known?.units ?? "",
                ageSeconds: now - row.at)
        }
    }
}
