internal import MetricFormats
internal import PanelAPI

/// `GET /metrics`: the newest of each node, for Prometheus. Units are Prometheus's own: seconds,
/// bytes and ratios.
enum PrometheusPage {
    private struct Family {
        let name: String
        let help: String
        var factor = 1.0
    }

    /// Of most lines; what is longer takes more room when it comes.
    private static let lineBytes = 128

    private static let families: [Metric: Family] = [
        .user: Family(
            name: "cpu_user_ratio", help: "Share of processor time in user space.", factor: 0.01),
        .system: Family(
            name: "cpu_system_ratio", help: "Share of processor time in the kernel.", factor: 0.01),
        .iowait: Family(
            name: "cpu_iowait_ratio", help: "Share of processor time that waited for disks.",
            factor: 0.01),
        .contextSwitches: Family(
            name: "context_switches_per_second", help: "Context switches."),
        .runQueue: Family(name: "run_queue_tasks", help: "Tasks that run or wait to."),
        .tasks: Family(name: "tasks", help: "Tasks of all states."),
        .load1: Family(name: "load1", help: "Load average of one minute."),
        .blocksRead: Family(
            name: "disk_read_bytes_per_second", help: "Read from disks.", factor: 512),
        .blocksWritten: Family(
            name: "disk_written_bytes_per_second", help: "Written to disks.", factor: 512),
        .bytesReceived: Family(
            name: "network_receive_bytes_per_second", help: "Received by network interfaces."),
        .bytesSent: Family(
            name: "network_transmit_bytes_per_second", help: "Sent by network interfaces."),
        .pagedIn: Family(
            name: "paged_in_bytes_per_second", help: "Paged in from disks.", factor: 1024),
        .pagedOut: Family(
            name: "paged_out_bytes_per_second", help: "Paged out to disks.", factor: 1024),
        .faults: Family(name: "page_faults_per_second", help: "Page faults of both kinds."),
        .tcpAborts: Family(
            name: "tcp_aborts_on_data_per_second",
            help: "TCP connections aborted with data in the queue."),
        .maximumRTO: Family(
            name: "tcp_rto_max_seconds", help: "Longest retransmission time-out of TCP.",
            factor: 0.001),
    ]

    static func text(
        _ views: [ClusterView], _ latest: MetricStore.Latest, _ intake: MetricStore.Receipt,
        _ forwards: [(target: String, counts: ForwardQueue.Counts)] = []
    ) -> String {
        let here = views.flatMap { view in
            view.nodes.filter { $0.state != .gone }.map { Place($0, in: view.cluster, latest) }
        }
        var text = PrometheusText(
            capacity: here.count * (families.count + 2) * lineBytes)
        text.add(
            "howdah_node_up", help: "1 while the node is up as the panel sees it, else 0.",
            here.map { .init(labels: $0.labels, value: $0.isUp ? 1 : 0) })
        text.add(
            "howdah_node_silent_seconds", help: "Since the node's last heartbeat.",
            here.compactMap { place in
                place.silentSeconds.map { .init(labels: place.labels, value: $0) }
            })
        for (column, metric) in latest.metrics.enumerated() {
            guard let family = families[metric] else { continue }
            text.add(
                "howdah_node_\(family.name)", help: family.help,
                here.compactMap { place in
                    place.values?[column].map {
                        .init(labels: place.labels, value: $0 * family.factor)
                    }
                })
        }
        text.add(
            "howdah_panel_values_stored_total",
            help: "Values of collectors stored since the panel's start.", kind: "counter",
            [.init(labels: [], value: Double(intake.stored))])
        text.add(
            "howdah_panel_values_refused_total",
            help: "Values of collectors refused since the panel's start.", kind: "counter",
            intake.refused.sorted { $0.key < $1.key }.map {
                .init(labels: [("reason", $0.key)], value: Double($0.value))
            })
        add(forwards, to: &text)
        return text.text
    }

    private static func add(
        _ forwards: [(target: String, counts: ForwardQueue.Counts)],
        to text: inout PrometheusText
    ) {
        let kinds: [(String, String, String, KeyPath<ForwardQueue.Counts, Int>)] = [
            ("sent_total", "Values sent on.", "counter", \.sent),
            ("dropped_total", "Values that were too many, or refused.", "counter", \.dropped),
            ("waiting", "Values that wait to be sent on.", "gauge", \.waiting),
        ]
        for (name, help, kind, path) in kinds {
            text.add(
                "howdah_panel_forward_\(name)", help: help, kind: kind,
                forwards.map {
                    .init(labels: [("to", $0.target)], value: Double($0.counts[keyPath: path]))
                })
        }
    }

    /// A node that is here, with its labels as they stand in every family.
    private struct Place {
        let labels: PrometheusText.Labels
        let isUp: Bool
        let silentSeconds: Double?
        let values: [Double?]?

        init(_ node: NodeView, in cluster: String, _ latest: MetricStore.Latest) {
            labels = PrometheusText.Labels([
                ("cluster", cluster), ("node", node.name), ("instance_id", node.instanceID),
                ("role", node.role),
            ])
            isUp = node.state == .up
            silentSeconds = node.silentSeconds
            values = latest.values[node.instanceID]
        }
    }
}
