internal import Autoscaling
internal import GRDB
internal import PanelAPI

/// Puts together what a decision is made of.
struct ScalingReader: Sendable {
    /// No machine has another load; who says so is not believed.
    static let loads = 0.0...1e6

    let database: PanelDatabase
    let metrics: MetricStore

    private struct Known: Sendable {
        var node: NodeRecord
        var upSince: Double?
    }

    func input(
        _ cluster: ClusterSettings, _ rule: LoadRule, now: Double
    ) async throws -> ScalingInput {
        let known = try await nodes(cluster, rule.role, now: now)
        let samples = try await metrics.samples(
            of: Metric.load1.rawValue, hosts: known.map(\.node.instanceID),
            from: now - rule.breachSeconds, to: now)
        return ScalingInput(
            at: now,
            nodes: known.map {
                .init(
                    name: $0.node.name, upSince: $0.upSince,
                    samples: (samples[$0.node.instanceID] ?? []).compactMap {
                        Self.loads.contains($0.value) ? .init(at: $0.at, load: $0.value) : nil
                    })
            },
            pending: try await pending(cluster.name, rule.role),
            lastGrowth: try await lastGrowth(cluster.name))
    }

    /// Up since the panel had the report of the boot that runs.
    private func nodes(
        _ cluster: ClusterSettings, _ role: String, now: Double
    ) async throws -> [Known] {
        try await database.read { database in
            let nodes = try NodeRecord.fetchAll(
                database,
                sql: "SELECT * FROM nodes WHERE cluster = ? AND role = ? AND retiredAt IS NULL",
                arguments: [cluster.name, role])
            let boots = try ReportRepository.lastBoots(in: database)
            return nodes.map { node in
                let last = boots[node.instanceID]
                let life = NodeLife(of: node, lastBoot: last?.boot, in: cluster, now: now)
                let isUp = life.state == .up || life.state == .stale
                return Known(node: node, upSince: isUp ? last?.receivedAt : nil)
            }
        }
    }

    private func pending(_ cluster: String, _ role: String) async throws -> Int {
        try await database.read { database in
            try Int.fetchOne(
                database,
                sql: """
                    SELECT COUNT(*) FROM launches WHERE cluster = ? AND role = ?
                    AND state IN (?, ?)
                    AND (instanceID IS NULL OR instanceID NOT IN (SELECT instanceID FROM nodes))
                    """,
                arguments: [
                    cluster, role, Launch.State.requested.rawValue, Launch.State.launched.rawValue,
                ]) ?? 0
        }
    }

    /// Of the autoscaler's own doing; what people launch does not make it rest.
    private func lastGrowth(_ cluster: String) async throws -> ScalingInput.Growth? {
        try await database.read { try Self.lastGrowth(cluster, in: $0) }
    }

    static func lastGrowth(
        _ cluster: String, in database: Database
    ) throws -> ScalingInput.Growth? {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT requestedAt, MIN(state = ?) AS allFailed FROM launches
                WHERE cluster = ? AND requestedBy = ?
                GROUP BY requestedAt ORDER BY requestedAt DESC LIMIT 1
                """,
            arguments: [Launch.State.failed.rawValue, cluster, Autoscaler.actor])
        return row.map { .init(at: $0["requestedAt"], hasFailed: $0["allFailed"]) }
    }
}
