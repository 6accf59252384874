internal import Foundation
internal import GRDB
internal import PanelAPI

/// Heartbeats and boot reports.
struct ReportRepository: Sendable {
    /// Boots kept of an instance; older ones go.
    static let maximumBootsPerNode = 20

    let database: PanelDatabase
    let metrics: MetricStore
    var forward = MetricForward([])

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
        let rows = Self.rows(of: beat, host: node.instanceID, now: now)
        try await database.write { database in
            _ = try metrics.insert(rows, now: now, in: database)
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
            let isNewest = database.changesCount > 0
            if isNewest, beat.samples != nil || beat.space != nil || beat.notices != nil {
                try Self.keep(beat, of: node.instanceID, now: now, in: database)
            }
        }
        let named = rows.map { MetricStore.Row(host: node.name, at: $0.at, values: $0.values) }
        forward.add(named, now: now)
    }

    /// Its samples by the panel's clock: whole minutes that the node's is off are made good, so
    /// that a sample that is sent again is the same one. Only what the panel has a name for: a node
    /// makes no names that last, nor lines in what is forwarded.
    static func rows(of beat: Heartbeat, host: String, now: Double) -> [MetricStore.Row] {
        let off = beat.sentAt.map { ((now - $0) / 60).rounded(.toNearestOrAwayFromZero) * 60 } ?? 0
        let correction = abs(off) > 60 ? off : 0
        return (beat.samples ?? []).map {
            MetricStore.Row(
                host: host, at: $0.at + correction,
                values: $0.values.filter { Metric(rawValue: $0.key) != nil })
        }
    }

    private static func keep(
        _ beat: Heartbeat, of instanceID: String, now: Double, in database: Database
    ) throws {
        let old = try Data.fetchOne(
            database, sql: "SELECT latest FROM news WHERE instanceID = ?",
            arguments: [instanceID])
        let known = old.flatMap { try? JSONDecoder().decode(NodeNews.self, from: $0) }
        let latest = try JSONEncoder().encode((known ?? NodeNews()).updated(by: beat))
        try database.execute(
            sql: """
                INSERT INTO news (instanceID, latest, receivedAt) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET latest = excluded.latest,
                receivedAt = excluded.receivedAt
                """, arguments: [instanceID, latest, now])
    }

    /// What each node told last.
    func news() async throws -> [String: NodeNews] {
        let rows = try await database.read { database in
            try Row.fetchAll(database, sql: "SELECT instanceID, latest FROM news")
                .map { row -> (String, Data) in (row["instanceID"], row["latest"]) }
        }
        var news: [String: NodeNews] = [:]
        for (instanceID, json) in rows {
            news[instanceID] = try JSONDecoder().decode(NodeNews.self, from: json)
        }
        return news
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
