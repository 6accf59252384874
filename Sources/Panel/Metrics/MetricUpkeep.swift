internal import Foundation
internal import GRDB

extension MetricStore {
    /// A span is summed up this long after its end, so that most of it is there by then.
    static let settleSeconds = 120.0
    /// Spans summed up, and hosts thinned out, in one transaction.
    static let maximumWork = 200
    /// Raw rows last so long at least: an hour is summed up from them once it has settled.
    static let minimumRawSeconds = 7_200.0

    /// Sums up spans that are over and something came for. Gives how many; call again while it is
    /// `maximumWork`.
    func sumUp(now: Double) async throws -> Int {
        try await database.write { database in
            var done = 0
            for seconds in Self.spans {
                let end = Int((now - Self.settleSeconds) * 1000) - seconds * 1000
                let stale = try GRDB.Row.fetchAll(
                    database,
                    sql: """
                        SELECT at, host FROM metricStale WHERE seconds = ? AND at <= ?
                        ORDER BY at, host LIMIT ?
                        """, arguments: [seconds, end, Self.maximumWork - done])
                for row in stale {
                    try Self.sumUp(seconds, host: row["host"], at: row["at"], in: database)
                }
                done += stale.count
            }
            return done
        }
    }

    private static func sumUp(
        _ seconds: Int, host: Int, at: Int, in database: Database
    ) throws {
        let contents = try Data.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT content FROM metricRaw WHERE host = ? AND at >= ? AND at < ?
                    """), arguments: [host, at, at + seconds * 1000])
        var summaries: [Int: MetricSummary] = [:]
        for content in contents {
            for (name, value) in RawContent.decode([UInt8](content)) {
                let one = MetricSummary(value)
                summaries[name] = summaries[name].map { $0.joined(with: one) } ?? one
            }
        }
        // Raw rows that are gone already leave what was summed up before.
        if !summaries.isEmpty {
            let content = SpanContent.encode(
                summaries.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            try database.cachedStatement(
                sql: """
                    INSERT INTO metricSpans (seconds, host, at, content) VALUES (?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET content = excluded.content
                    """
            ).execute(arguments: [seconds, host, at, Data(content)])
        }
        try database.cachedStatement(
            sql: "DELETE FROM metricStale WHERE seconds = ? AND at = ? AND host = ?"
        ).execute(arguments: [seconds, at, host])
    }

    /// Takes out what is too old of some hosts, and hosts of which nothing is left; all that is
    /// over has to be summed up. Gives the id to go on from; 0 after the last host.
    func thinOut(after host: Int, rawSeconds: Double, now: Double) async throws -> Int {
        try await database.write { database in
            let hosts = try Int.fetchAll(
                database, sql: "SELECT id FROM metricHosts WHERE id > ? ORDER BY id LIMIT ?",
                arguments: [host, Self.maximumWork])
            for host in hosts {
                try thinOut(host, rawSeconds: rawSeconds, now: now, in: database)
            }
            return hosts.count < Self.maximumWork ? 0 : hosts.last ?? 0
        }
    }

    private func thinOut(
        _ host: Int, rawSeconds: Double, now: Double, in database: Database
    ) throws {
        func before(_ seconds: Double) -> Int { Int((now - seconds) * 1000) }
        try database.cachedStatement(sql: "DELETE FROM metricRaw WHERE host = ? AND at < ?")
            .execute(arguments: [host, before(rawSeconds)])
        for (seconds, kept) in Self.spanSeconds {
            try database.cachedStatement(
                sql: "DELETE FROM metricSpans WHERE seconds = ? AND host = ? AND at < ?"
            ).execute(arguments: [seconds, host, before(kept)])
        }
        let gone = try database.cachedStatement(
            sql: """
                DELETE FROM metricHosts WHERE id = ?
                AND NOT EXISTS (SELECT 1 FROM metricRaw WHERE host = id)
                AND NOT EXISTS (
                    SELECT 1 FROM metricSpans WHERE seconds IN (300, 3600) AND host = id)
                RETURNING name
                """)
        if let name = try String.fetchOne(gone, arguments: [host]) { names.forget(host: name) }
    }

    /// Bytes that the database file has in use; pages that were freed are used again.
    func usedBytes() async throws -> Int {
        try await database.read { database in
            func pragma(_ name: String) throws -> Int {
                try Int.fetchOne(database, sql: "PRAGMA \(name)") ?? 0
            }
            return try (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")
        }
    }
}
