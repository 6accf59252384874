internal import Foundation
internal import GRDB
internal import PanelAPI

extension MetricStore {
    /// A metric of a host over time.
    struct Series: Sendable, Equatable {
        var host: String
        var metric: String
        /// Seconds that a point stands for; 0 where it is as it was measured.
        var spanSeconds: Int
        var points: [Point]
    }

    struct Point: Sendable, Equatable {
        /// Seconds since 1970; of a span, its start.
        var at: Double
        var summary: MetricSummary
    }

    /// What to read. Bounded: a question for too much is answered with coarser spans.
    struct Question: Sendable {
        /// Nil: of all.
        var hosts: [String]?
        var metrics: [String]?
        var from: Double
        var to: Double
        /// 0, 300 or 3600; nil chooses what is still there, at most `maximumPoints` a series.
        var spanSeconds: Int?
    }

    static let maximumPoints = 3_000
    /// Values of one answer; some 100 MB of them are in memory then.
    static let maximumValues = 1_000_000

    /// The span that fits: raw rows as long as they last, then five minutes, then hours.
    static func span(for question: Question, now: Double) -> Int {
        if let seconds = question.spanSeconds { return seconds }
        let length = question.to - question.from
        if question.from >= now - rawSeconds, length / 30 <= Double(maximumPoints) { return 0 }
        let isKept = question.from >= now - (spanSeconds[300] ?? 0)
        return isKept && length / 300 <= Double(maximumPoints) ? 300 : 3600
    }

    /// In the order of hosts and metrics.
    func series(_ question: Question, now: Double) async throws -> [Series] {
        let seconds = Self.span(for: question, now: now)
        let wanted = question.hosts.map { Set($0) }
        return try await database.read { database in
            let names = try Self.names(of: question.metrics, in: database)
            var result: [Series] = []
            var values = 0
            for (id, host) in try Self.table("metricHosts", in: database)
                .sorted(by: { $0.value < $1.value })
            where wanted?.contains(host) ?? true {
                let points = try Self.points(id, seconds, question, of: names, in: database)
                let named = points.compactMap { id, points in names[id].map { ($0, points) } }
                for (name, points) in named.sorted(by: { $0.0 < $1.0 }) {
                    values += points.count
                    guard values <= Self.maximumValues else {
                        throw Refusal.badRequest(
                            "more than \(Self.maximumValues) values; ask for fewer nodes or "
                                + "metrics, or a shorter time")
                    }
                    result.append(
                        Series(host: host, metric: name, spanSeconds: seconds, points: points))
                }
            }
            return result
        }
    }

    /// Of all metrics, or of those that are asked for.
    private static func names(
        of metrics: [String]?, in database: Database
    ) throws -> [Int: String] {
        let names = try table("metricNames", in: database)
        return metrics.map { Set($0) }.map { metrics in
            names.filter { metrics.contains($0.value) }
        } ?? names
    }

    /// The newest row of each host that is younger than `maximumAge` seconds.
    func latest(now: Double, maximumAge: Double) async throws -> [Row] {
        try await database.read { database in
            let names = try Self.table("metricNames", in: database)
            let rows = try GRDB.Row.fetchAll(
                database, sql: Self.newest, arguments: [Int((now - maximumAge) * 1000)])
            return rows.map { row in
                let content: Data = row["content"]
                let values = RawContent.decode([UInt8](content)).compactMap { entry in
                    names[entry.name].map { ($0, entry.value) }
                }
                let at: Int = row["at"]
                return Row(
                    host: row["name"], at: Double(at) / 1000,
                    values: Dictionary(values) { $1 })
            }
        }
    }

    /// Of each host the newest values of some metrics, in their order; nil where it has none.
    struct Latest: Sendable {
        var metrics: [Metric]
        var values: [String: [Double?]]
    }

    /// The same, of some metrics alone: of ten thousand hosts without a name for each value.
    func latest(of metrics: [Metric], now: Double, maximumAge: Double) async throws -> Latest {
        try await database.read { database in
            let columns = Dictionary(
                metrics.enumerated().map { ($0.element.rawValue, $0.offset) }
            ) { $1 }
            let places = try Self.table("metricNames", in: database).compactMapValues {
                columns[$0]
            }
            let rows = try GRDB.Row.fetchCursor(
                database, sql: Self.newest, arguments: [Int((now - maximumAge) * 1000)])
            var latest = Latest(metrics: metrics, values: [:])
            while let row = try rows.next() {
                var values = [Double?](repeating: nil, count: metrics.count)
                for entry in RawContent.decode([UInt8](row[2] as Data)) {
                    if let place = places[entry.name] { values[place] = entry.value }
                }
                latest.values[row[0]] = values
            }
            return latest
        }
    }

    private static let newest = """
        SELECT name, at, content FROM metricHosts
        JOIN metricRaw ON host = id AND at = lastAt WHERE lastAt >= ? ORDER BY name
        """

    private static func table(_ name: String, in database: Database) throws -> [Int: String] {
        let rows = try GRDB.Row.fetchAll(database, sql: "SELECT id, name FROM \(name)")
        return Dictionary(rows.map { ($0["id"], $0["name"]) }) { $1 }
    }

    private static func points(
        _ host: Int, _ seconds: Int, _ question: Question, of names: [Int: String],
        in database: Database
    ) throws -> [Int: [Point]] {
        let from = Int(question.from * 1000)
        let to = Int(question.to * 1000)
        let rows =
            seconds == 0
            ? try GRDB.Row.fetchCursor(
                database.cachedStatement(
                    sql: "SELECT at, content FROM metricRaw WHERE host = ? AND at BETWEEN ? AND ?"),
                arguments: [host, from, to])
            : try GRDB.Row.fetchCursor(
                database.cachedStatement(
                    sql: """
                        SELECT at, content FROM metricSpans
                        WHERE seconds = ? AND host = ? AND at BETWEEN ? AND ?
                        """),
                arguments: [seconds, host, from, to])
        var points: [Int: [Point]] = [:]
        while let row = try rows.next() {
            let content: Data = row[1]
            let at: Int = row[0]
            for (name, summary) in summaries([UInt8](content), seconds) where names[name] != nil {
                points[name, default: []].append(
                    Point(at: Double(at) / 1000, summary: summary))
            }
        }
        return points
    }

    /// One metric of each of these hosts, as it was measured between two moments, in their order.
    func samples(
        of metric: String, hosts: [String], from: Double, to: Double
    ) async throws -> [String: [(at: Double, value: Double)]] {
        try await database.read { database in
            let find = try database.cachedStatement(
                sql: "SELECT id FROM metricNames WHERE name = ?")
            guard let metric = try Int.fetchOne(find, arguments: [metric]) else {
                return Dictionary(hosts.map { ($0, []) }) { $1 }
            }
            let rows = try database.cachedStatement(
                sql: """
                    SELECT at, content FROM metricHosts
                    JOIN metricRaw ON host = id AND at BETWEEN ? AND ? WHERE name = ?
                    """)
            var samples: [String: [(at: Double, value: Double)]] = [:]
            samples.reserveCapacity(hosts.count)
            for host in hosts {
                let found = try GRDB.Row.fetchCursor(
                    rows, arguments: [Int(from * 1000), Int(to * 1000), host])
                var points: [(at: Double, value: Double)] = []
                while let row = try found.next() {
                    let at: Int = row[0]
                    let value = try row.withUnsafeData(atIndex: 1) { content in
                        RawContent.value(of: metric, in: content ?? Data())
                    }
                    if let value { points.append((Double(at) / 1000, value)) }
                }
                samples[host] = points
            }
            return samples
        }
    }

    static func summaries(
        _ content: [UInt8], _ seconds: Int
    ) -> [(name: Int, summary: MetricSummary)] {
        seconds == 0
            ? RawContent.decode(content).map { ($0.name, MetricSummary($0.value)) }
            : SpanContent.decode(content)
    }
}
