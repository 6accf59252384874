internal import Foundation
internal import GRDB
internal import Synchronization

/// What was measured, as it came. Raw rows last a day, five-minute spans a month, hours a year.
struct MetricStore: Sendable {
    /// What a host measured at one moment.
    struct Row: Sendable, Equatable {
        var host: String
        /// Seconds since 1970.
        var at: Double
        var values: [String: Double]
    }

    /// What became of rows; what is refused is said to the sender or counted.
    struct Receipt: Sendable, Equatable {
        var stored = 0
        /// By reason.
        var refused: [String: Int] = [:]

        mutating func refuse(_ reason: String, _ count: Int = 1) {
            refused[reason, default: 0] += count
        }
    }

    static let spans = [300, 3600]
    /// Seconds that each is kept: raw, five minutes, an hour.
    static let rawSeconds = 86_400.0
    static let spanSeconds: [Int: Double] = [300: 31 * 86_400, 3600: 366 * 86_400]
    /// A sender's clock may be so far ahead.
    static let maximumFutureSeconds = 600.0
    static let maximumValuesPerRow = 1_000

    let database: PanelDatabase
    let names = MetricNames()

    /// Of the last day, and not of the future beyond what clocks differ.
    static func isTimely(_ at: Double, now: Double) -> Bool {
        at > now - rawSeconds && at < now + maximumFutureSeconds
    }

    /// Stores rows, of which those with impossible times or too many names are refused.
    func insert(_ rows: [Row], now: Double) async throws -> Receipt {
        guard !rows.isEmpty else { return Receipt() }
        return try await database.write { try insert(rows, now: now, in: $0) }
    }

    /// The same within a transaction that is open.
    func insert(_ rows: [Row], now: Double, in database: Database) throws -> Receipt {
        var receipt = Receipt()
        for row in rows { try insert(row, now: now, in: database, &receipt) }
        return receipt
    }

    private func insert(
        _ row: Row, now: Double, in database: Database, _ receipt: inout Receipt
    ) throws {
        guard Self.isTimely(row.at, now: now) else {
            return receipt.refuse("its time is not of the last day", row.values.count)
        }
        let at = Int((row.at * 1000).rounded())
        guard let host = try names.host(row.host, at: at, in: database) else {
            return receipt.refuse("too many hosts", row.values.count)
        }
        var entries: [(name: Int, value: Double)] = []
        for (name, value) in row.values.sorted(by: { $0.key < $1.key }) {
            guard value.isFinite else {
                receipt.refuse("no finite number")
                continue
            }
            guard let id = try names.metric(name, in: database) else {
                receipt.refuse("too many names of metrics")
                continue
            }
            entries.append((id, value))
        }
        guard !entries.isEmpty else { return }
        let stored = try merge(entries, host: host, at: at, in: database)
        receipt.stored += stored
        if stored < entries.count {
            receipt.refuse("too many metrics of a host at once", entries.count - stored)
        }
        try database.cachedStatement(
            sql: "UPDATE metricHosts SET lastAt = ? WHERE id = ? AND lastAt < ?"
        ).execute(arguments: [at, host, at])
        try noteStale(host: host, at: at, in: database)
    }

    /// Adds to what the row has; a metric that comes again takes the place of what it was. Gives
    /// how many of the entries found room.
    private func merge(
        _ entries: [(name: Int, value: Double)], host: Int, at: Int, in database: Database
    ) throws -> Int {
        let insert = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO metricRaw (host, at, content) VALUES (?, ?, ?)")
        try insert.execute(arguments: [host, at, Data(RawContent.encode(entries))])
        if database.changesCount == 1 { return entries.count }
        let read = try database.cachedStatement(
            sql: "SELECT content FROM metricRaw WHERE host = ? AND at = ?")
        let before = try Data.fetchOne(read, arguments: [host, at]) ?? Data()
        let new = Dictionary(entries.map { ($0.name, $0.value) }) { $1 }
        let kept = RawContent.decode([UInt8](before)).filter { new[$0.name] == nil }
        let room = max(0, Self.maximumValuesPerRow - kept.count)
        let all = kept + entries.prefix(room)
        try database.cachedStatement(
            sql: "UPDATE metricRaw SET content = ? WHERE host = ? AND at = ?"
        ).execute(arguments: [Data(RawContent.encode(all)), host, at])
        return min(room, entries.count)
    }

    private func noteStale(host: Int, at: Int, in database: Database) throws {
        let mark = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO metricStale (seconds, at, host) VALUES (?, ?, ?)")
        for seconds in Self.spans {
            try mark.execute(arguments: [seconds, at - at % (seconds * 1000), host])
        }
    }
}
