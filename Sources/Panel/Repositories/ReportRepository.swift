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
    /// What decisions are made of, beside what is stored.
    let loads = LoadWindow()

    /// Keeps a boot's report; the same boot reported again takes the place of the first.
    func insert(_ report: BootReport, of node: NodeRecord, now: Double) async throws {
        let json = try JSONEncoder().encode(report)
        try await database.write { database in
            try database.execute(
                sql: """
                    INSERT INTO boots (instanceID, bootID, outcome, seconds, report, receivedAt)
                    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                    outcome = excluded.outcome, seconds = excluded.seconds,
                    report = excluded.report, receivedAt = excluded.receivedAt
                    """,
                arguments: [
                    node.instanceID, report.bootID, report.outcome.rawValue, report.seconds, json,
                    now,
                ])
            try database.execute(
                sql: """
                    DELETE FROM boots WHERE instanceID = ? AND bootID NOT IN (
                        SELECT bootID FROM boots WHERE instanceID = ?
                        ORDER BY receivedAt DESC, rowid DESC LIMIT ?)
                    """,
                arguments: [node.instanceID, node.instanceID, Self.maximumBootsPerNode])
            try Self.note(report, of: node.instanceID, now: now, in: database)
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
        let isSilent = beat.samples == nil && beat.space == nil && beat.notices == nil
        let whole = try Self.news(of: beat)
        let receipt = try await database.write { database in
            let receipt = try metrics.insert(rows, now: now, in: database)
            let isNewest = try Self.note(beat, of: node.instanceID, now: now, in: database)
            guard isNewest, !isSilent else { return receipt }
            let latest =
                try whole ?? Self.news(of: beat, after: Self.news(of: node.instanceID, database))
            try Self.keep(latest, of: node.instanceID, now: now, in: database)
            return receipt
        }
        if receipt.stored > 0 {
            loads.add(rows, of: node.instanceID, in: node.cluster, now: now)
        }
        let named = rows.map { MetricStore.Row(host: node.name, at: $0.at, values: $0.values) }
        forward.add(named, now: now)
    }

    /// True if it is the newest of its boot so far.
    private static func note(
        _ beat: Heartbeat, of instanceID: String, now: Double, in database: Database
    ) throws -> Bool {
        try database.cachedStatement(
            sql: """
                UPDATE nodes SET seenAt = ?, heartbeatAt = ?, bootID = ?, sequence = ?, load1 = ?,
                loadIsHostWide = ? WHERE instanceID = ?
                AND (bootID IS NOT ? AND ? > 0 OR bootID = ? AND sequence < ?)
                """
        ).execute(
            arguments: [
                now, now, beat.bootID, beat.sequence, beat.load1, beat.loadIsHostWide, instanceID,
                beat.bootID, beat.sequence, beat.bootID, beat.sequence,
            ])
        if database.changesCount > 0 { return true }
        try database.cachedStatement(
            sql: """
                UPDATE nodes SET seenAt = ?, heartbeatAt = ?, bootID = ?,
                sequence = IIF(bootID = ?, sequence, 0) WHERE instanceID = ?
                """
        ).execute(arguments: [now, now, beat.bootID, beat.bootID, instanceID])
        return false
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
        _ latest: Data, of instanceID: String, now: Double, in database: Database
    ) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO news (instanceID, latest, receivedAt) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET latest = excluded.latest,
                receivedAt = excluded.receivedAt
                """
        ).execute(arguments: [instanceID, latest, now])
    }

    /// As JSON; nil where it does not say everything, and what was known before is needed.
    private static func news(of beat: Heartbeat) throws -> Data? {
        guard beat.samples?.isEmpty == false, beat.space != nil, beat.notices != nil else {
            return nil
        }
        return try news(of: beat, after: nil)
    }

    private static func news(of beat: Heartbeat, after known: NodeNews?) throws -> Data {
        try JSONEncoder().encode((known ?? NodeNews()).updated(by: beat))
    }

    private static func news(of instanceID: String, _ database: Database) throws -> NodeNews? {
        let find = try database.cachedStatement(
            sql: "SELECT latest FROM news WHERE instanceID = ?")
        return try Data.fetchOne(find, arguments: [instanceID]).flatMap {
            try? JSONDecoder().decode(NodeNews.self, from: $0)
        }
    }

    /// What each node told last.
    func news() async throws -> [String: NodeNews] {
        try await newsJSON().mapValues { try JSONDecoder().decode(NodeNews.self, from: $0) }
    }

    /// The same, as it is stored.
    func newsJSON() async throws -> [String: Data] {
        try await database.read { database in
            try Self.byInstance(database, "SELECT instanceID, latest FROM news")
        }
    }

    private static func byInstance(
        _ database: Database, _ sql: String
    ) throws -> [String: Data] {
        var found: [String: Data] = [:]
        let rows = try Row.fetchCursor(database, sql: sql)
        while let row = try rows.next() { found[row[0]] = row[1] as Data }
        return found
    }

    private static func note(
        _ report: BootReport, of instanceID: String, now: Double, in database: Database
    ) throws {
        try database.execute(
            sql: """
                UPDATE nodes SET seenAt = :now, bootID = :boot,
                sequence = IIF(bootID IS :boot, sequence, 0), lastBootID = :boot,
                lastBootOutcome = :outcome, lastBootSeconds = :seconds, lastBootAt = :now
                WHERE instanceID = :instance
                """,
            arguments: [
                "now": now, "boot": report.bootID, "outcome": report.outcome.rawValue,
                "seconds": report.seconds, "instance": instanceID,
            ])
    }

    /// The report that came last of each instance.
    func latest() async throws -> [String: BootReport] {
        let rows = try await database.read { database in
            try Self.byInstance(
                database,
                """
                SELECT instanceID, report FROM nodes JOIN boots USING (instanceID)
                WHERE boots.bootID = lastBootID
                """)
        }
        return try rows.mapValues { try JSONDecoder().decode(BootReport.self, from: $0) }
    }

    /// These reports, as they are stored.
    func json(of boots: [BootReport]) async throws -> [String: Data] {
        try await database.read { database in
            let find = try database.cachedStatement(
                sql: "SELECT report FROM boots WHERE instanceID = ? AND bootID = ?")
            var found: [String: Data] = [:]
            for boot in boots {
                found[boot.instanceID] = try Data.fetchOne(
                    find, arguments: [boot.instanceID, boot.bootID])
            }
            return found
        }
    }
}
