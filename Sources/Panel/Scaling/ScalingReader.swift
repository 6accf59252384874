internal import Autoscaling
internal import GRDB
internal import PanelAPI

/// Puts together what a decision is made of.
struct ScalingReader: Sendable {
    /// No machine has another load; who says so is not believed.
    static let loads = 0.0...1e6
    /// Nodes whose stored samples are in memory twice.
    static let readAtOnce = 1_000

    let database: PanelDatabase
    let metrics: MetricStore
    let window: LoadWindow

    private struct Known: Sendable {
        var instanceID: String
        var name: String
        var upSince: Double?
    }

    func input(
        _ cluster: ClusterSettings, _ rule: LoadRule, now: Double
    ) async throws -> ScalingInput {
        let known = try await nodes(cluster, rule.role, now: now)
        let samples = try await samples(
            of: known.map(\.instanceID), in: cluster.name, since: now - rule.breachSeconds,
            now: now)
        return ScalingInput(
            at: now,
            nodes: known.map {
                .init(
                    name: $0.name, upSince: $0.upSince,
                    samples: (samples[$0.instanceID] ?? []).filter {
                        Self.loads.contains($0.load)
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
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT instanceID, name, lastBootAt, \(NodeLife.columns) FROM nodes
                    WHERE cluster = ? AND role = ? AND retiredAt IS NULL
                    """, arguments: [cluster.name, role])
            var known: [Known] = []
            while let row = try rows.next() {
                let life = NodeLife(of: NodeLife.Signs(row, from: 3), in: cluster, now: now)
                let isUp = life.state == .up || life.state == .stale
                known.append(
                    Known(instanceID: row[0], name: row[1], upSince: isUp ? row[2] : nil))
            }
            return known
        }
    }

    private func samples(
        of instances: [String], in cluster: String, since start: Double, now: Double
    ) async throws -> [String: LoadWindow.Samples] {
        guard now - start <= LoadWindow.maximumSeconds else {
            return try await stored(instances, from: start, to: now)
        }
        let new = window.keep(instances, of: cluster)
        // A node's clock may be ahead: what it told is looked at once it is time.
        let latest = now + MetricStore.maximumFutureSeconds
        for first in stride(from: 0, to: new.count, by: Self.readAtOnce) {
            let some = Array(new[first..<min(first + Self.readAtOnce, new.count)])
            window.fill(try await stored(some, from: start, to: latest), of: cluster)
        }
        return window.samples(of: cluster, from: start, to: now)
    }

    private func stored(
        _ instances: [String], from: Double, to: Double
    ) async throws -> [String: LoadWindow.Samples] {
        try await metrics.samples(
            of: Metric.load1.rawValue, hosts: instances, from: from, to: to
        ).mapValues { samples in samples.map { .init(at: $0.at, load: $0.value) } }
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
