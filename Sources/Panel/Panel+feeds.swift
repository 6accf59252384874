internal import ServiceLifecycle
internal import Transfer

extension Panel {
    /// What sends metrics on, and what reads Hadoop's own.
    func feeds() -> [any Service] {
        let transfer = TransferClient()
        let forwards: [any Service] = forward.queues.map { queue in
            ForwardService(queue: queue, transfer: transfer, time: time, logger: logger)
        }
        return forwards
            + settings.clusters.compactMap { cluster in
                keeper(of: cluster, transfer)
            }
    }

    /// Nil where the settings name no page of Hadoop's.
    func keeper(of cluster: ClusterSettings, _ transfer: TransferClient) -> HadoopKeeper? {
        let sources = HadoopSource.all(cluster.hadoop)
        guard !sources.isEmpty else { return nil }
        return HadoopKeeper(
            cluster: cluster.name, sources: sources, masters: masters, nodes: nodes, store: metrics,
            forward: forward, transfer: transfer, time: time, logger: logger)
    }
}
