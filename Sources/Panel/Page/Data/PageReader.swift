internal import Autoscaling
internal import GRDB
internal import PanelAPI

/// Reads what pages show: a fixed number of questions to the database, whatever the cluster's size.
struct PageReader: Sendable {
    static let decisionsShown = 5
    static let maximumWarned = 20
    /// A cluster of at most so many nodes has a table of them on its page.
    static let tableNodes = 20

    let settings: PanelSettings
    let database: PanelDatabase
    let time: PanelTime

    func cluster(_ name: String, _ range: PageRange) async throws -> ClusterPageData {
        let cluster = try settings.cluster(name)
        let now = time.now()
        return try await database.read { try Self.read(cluster, range, now: now, in: $0) }
    }

    /// How each cluster stands, in a line.
    func verdicts() async throws -> [ClusterSummary] {
        let now = time.now()
        return try await database.read { [settings] database in
            try settings.clusters.map { cluster in
                let nodes = try NodeGlance.all(of: cluster, now: now, in: database)
                return ClusterSummary(
                    cluster: cluster.name, verdict: Views.verdict(nodes.map(NodeStanding.init)))
            }
        }
    }

    static func read(
        _ cluster: ClusterSettings, _ range: PageRange, now: Double, in database: Database
    ) throws -> ClusterPageData {
        let nodes = try NodeGlance.all(of: cluster, now: now, in: database)
        let from = now - range.seconds
        let rule = cluster.scaling.rule
        // A rest that began before reaches into what is shown.
        let events = try ScalingEvent.all(
            of: cluster.name, from: from - max(rule.cooldownSeconds, rule.retrySeconds), to: now,
            in: database)
        return ClusterPageData(
            cluster: cluster, now: now, range: range, nodes: nodes,
            launching: try Int.fetchOne(
                database, sql: ClusterHistory.pending, arguments: ["cluster": cluster.name]) ?? 0,
            decisions: try DecisionRepository.decisions(
                of: cluster.name, until: now, limit: decisionsShown, in: database),
            history: try ClusterHistory.points(
                of: cluster.name, from: from, to: now, in: database),
            events: events.filter { $0.at > from },
            rests: ScalingEvent.rests(events, rule, from: from, to: now),
            mean: nodes.meanLoad(of: rule.role, heardWithin: cluster.downAfterSeconds),
            growth: try ScalingReader.lastGrowth(cluster.name, in: database),
            warned: try NodeNotices.warned(in: cluster.name, database),
            drains: try DrainRepository.lately(in: cluster.name, now: now, database),
            balances: try BalanceRepository.lately(in: cluster.name, now: now, database),
            hdfs: try HDFSHealth.read(cluster, now: now, in: database),
            claims: nodes.count <= tableNodes
                ? try claims(of: nodes.map(\.instanceID), in: database) : [:])
    }

    /// Volumes of these nodes, by node.
    static func claims(
        of instances: [String], in database: Database
    ) throws -> [String: [VolumeClaim]] {
        guard !instances.isEmpty else { return [:] }
        let marks = instances.map { _ in "?" }.joined(separator: ", ")
        let records = try ClaimRecord.fetchAll(
            database,
            sql: "SELECT * FROM claims WHERE instanceID IN (\(marks)) ORDER BY mount",
            arguments: StatementArguments(instances))
        return Dictionary(grouping: records, by: \.instanceID).mapValues { $0.map(\.claim) }
    }
}
