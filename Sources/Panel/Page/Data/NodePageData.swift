internal import Foundation
internal import GRDB
internal import PanelAPI

/// All that the page of one node shows, of one that is gone too.
struct NodePageData: Sendable {
    static let eventsShown = 30

    var cluster: ClusterSettings
    var now: Double
    var range: PageRange
    var node: NodeRecord
    var life: NodeLife
    var boot: BootReport?
    var claims: [VolumeClaim]
    var news: NodeNews?
    var series: [MetricStore.Series]
    /// The newest first.
    var events: [AuditLine]

    var from: Double { now - range.seconds }
}

extension PageReader {
    func node(
        _ instanceID: String, in name: String, _ range: PageRange, metrics: MetricStore
    ) async throws -> NodePageData {
        let cluster = try settings.cluster(name)
        let now = time.now()
        let series = try await metrics.series(
            .init(hosts: [instanceID], from: now - range.seconds, to: now), now: now)
        return try await database.read { database in
            guard let node = try NodeRecord.fetchOne(database, key: instanceID),
                node.cluster == cluster.name
            else {
                throw Refusal.notFound(
                    "unknown-node", "'\(cluster.name)' has no instance '\(instanceID)'")
            }
            return NodePageData(
                cluster: cluster, now: now, range: range, node: node,
                life: NodeLife(of: node, in: cluster, now: now),
                boot: try Self.boot(of: node, in: database),
                claims: try Self.claims(of: [instanceID], in: database)[instanceID] ?? [],
                news: try Self.news(of: instanceID, in: database), series: series,
                events: try AuditLog.lines(
                    of: [node.name, instanceID], limit: NodePageData.eventsShown, in: database))
        }
    }

    /// A cluster's nodes: all, or those of which a part of the name or the instance, the address or
    /// the state is asked for.
    func nodes(
        of name: String, find: String?
    ) async throws -> (cluster: ClusterSettings, nodes: [NodeGlance]) {
        let cluster = try settings.cluster(name)
        let now = time.now()
        let nodes = try await database.read {
            try NodeGlance.all(of: cluster, now: now, in: $0)
        }
        guard let find, !find.isEmpty else { return (cluster, nodes) }
        return (
            cluster,
            nodes.filter {
                $0.name.contains(find) || $0.instanceID.contains(find) || $0.address == find
                    || $0.state.rawValue == find
            }
        )
    }

    func claims(of instances: [String]) async throws -> [String: [VolumeClaim]] {
        try await database.read { try Self.claims(of: instances, in: $0) }
    }

    private static func boot(
        of node: NodeRecord, in database: Database
    ) throws -> BootReport? {
        try Data.fetchOne(
            database, sql: "SELECT report FROM boots WHERE instanceID = ? AND bootID = ?",
            arguments: [node.instanceID, node.lastBootID]
        ).map { try JSONDecoder().decode(BootReport.self, from: $0) }
    }

    private static func news(of instanceID: String, in database: Database) throws -> NodeNews? {
        try Data.fetchOne(
            database, sql: "SELECT latest FROM news WHERE instanceID = ?", arguments: [instanceID]
        ).map { try JSONDecoder().decode(NodeNews.self, from: $0) }
    }
}

extension AuditLog {
    /// By subject and then by line, so that one subject's lines are found without a look at all.
    static let index = "CREATE INDEX auditBySubject ON audit (subject, id)"

    /// The newest lines about any of these subjects.
    static func lines(
        of subjects: [String], limit: Int, in database: Database
    ) throws -> [AuditLine] {
        let lines = try subjects.flatMap { subject in
            try Row.fetchAll(
                database, sql: "SELECT * FROM audit WHERE subject = ? ORDER BY id DESC LIMIT ?",
                arguments: [subject, limit]
            ).map { row in
                AuditLine(
                    id: row["id"], at: row["at"], actor: row["actor"], action: row["action"],
                    subject: row["subject"], detail: row["detail"])
            }
        }
        return Array(lines.sorted { $0.id > $1.id }.prefix(limit))
    }
}
