internal import Foundation
internal import GRDB
internal import PanelAPI

/// Heartbeats and boot reports.
struct ReportRepository: Sendable {
    /// Boots kept of an instance; older ones go.
    static let maximumBootsPerNode = 20

    let database: PanelDatabase

    /// Keeps a boot's report; the same boot reported again takes the place of the first.
    func insert(_ report: BootReport, of node: NodeRecord, now: Double) async throws {
        let json = try JSONEncoder().encode(report)
        try await database.write { database in
            try database.execute(
                sql: """
                    INSERT INTO boots (instanceID, bootID, outcome, report, receivedAt)
                    VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET outcome = excluded.outcome,
                    report = excluded.report, receivedAt = excluded.receivedAt
                    """,
                arguments: [node.instanceID, report.bootID, report.outcome.rawValue, json, now])
            try database.execute(
                sql: """
                    DELETE FROM boots WHERE instanceID = ? AND bootID NOT IN (
                        SELECT bootID FROM boots WHERE instanceID = ?
                        ORDER BY receivedAt DESC, rowid DESC LIMIT ?)
                    """,
                arguments: [node.instanceID, node.instanceID, Self.maximumBootsPerNode])
            try Self.note(report.bootID, of: node.instanceID, now: now, in: database)
            try AuditLog.add(
                .init(
                    actor: node.name, action: "boot-\(report.outcome.rawValue)",
                    subject: node.instanceID, detail: "\(report.bootID) in \(report.seconds) s"),
                at: now, in: database)
        }
    }

    /// Keeps a heartbeat. One that was overtaken by a later one of its boot changes nothing but
    /// when the node was heard.
    func insert(_ beat: Heartbeat, of node: NodeRecord, now: Double) async throws {
        try await database.write { database in
            try Self.note(beat.bootID, of: node.instanceID, now: now, in: database)
            try database.execute(
                sql: """
                    UPDATE nodes SET heartbeatAt = ? WHERE instanceID = ?
                    """, arguments: [now, node.instanceID])
            try database.execute(
                sql: """
                    UPDATE nodes SET sequence = ?, load1 = ?, loadIsHostWide = ?
                    WHERE instanceID = ? AND sequence < ?
                    """,
                arguments: [
                    beat.sequence, beat.load1, beat.loadIsHostWide, node.instanceID, beat.sequence,
                ])
        }
    }

    private static func note(
        _ bootID: String, of instanceID: String, now: Double, in database: Database
    ) throws {
        try database.execute(
            sql: "UPDATE nodes SET seenAt = ? WHERE instanceID = ?", arguments: [now, instanceID])
        try database.execute(
            sql: """
                UPDATE nodes SET bootID = ?, sequence = 0
                WHERE instanceID = ? AND bootID IS NOT ?
                """, arguments: [bootID, instanceID, bootID])
    }

    /// The report that came last of each instance.
    func latest() async throws -> [String: BootReport] {
        let rows = try await database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT instanceID, report FROM (
                        SELECT instanceID, report, ROW_NUMBER() OVER (
                            PARTITION BY instanceID ORDER BY receivedAt DESC, rowid DESC) AS place
                        FROM boots)
                    WHERE place = 1
                    """
            ).map { row -> (String, Data) in (row["instanceID"], row["report"]) }
        }
        var reports: [String: BootReport] = [:]
        for (instanceID, json) in rows {
            reports[instanceID] = try JSONDecoder().decode(BootReport.self, from: json)
        }
        return reports
    }
}
