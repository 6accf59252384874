internal import GRDB
internal import Synchronization

/// Ids of hosts and of metrics, remembered once they are committed.
final class MetricNames: Sendable {
    /// Distinct names of metrics; more are refused, so that a mistaken sender (a time in a name)
    /// can't fill the panel. Two bytes hold an id.
    static let maximumMetrics = 10_000
    /// Machines and what else sends metrics.
    static let maximumHosts = 50_000

    private struct State {
        var metrics: [String: Int] = [:]
        var hosts: [String: Int] = [:]
        /// Tables that hold all they may: who floods them does not make us count them each time.
        var full: Set<String> = []
    }

    private let state = Mutex(State())

    /// The id of a metric, made if it is new; nil where there are too many.
    func metric(_ name: String, in database: Database) throws -> Int? {
        if let id = state.withLock({ $0.metrics[name] }) { return id }
        return try id(
            of: name, table: "metricNames", limit: Self.maximumMetrics, in: database,
            insert: "INSERT INTO metricNames (name) VALUES (?)", arguments: [name]
        ) { state, id in state.metrics[name] = id }
    }

    /// The id of a host, made if it is new; nil where there are too many.
    func host(_ name: String, at: Int, in database: Database) throws -> Int? {
        if let id = state.withLock({ $0.hosts[name] }) { return id }
        return try id(
            of: name, table: "metricHosts", limit: Self.maximumHosts, in: database,
            insert: "INSERT INTO metricHosts (name, firstAt, lastAt) VALUES (?, ?, ?)",
            arguments: [name, at, at]
        ) { state, id in state.hosts[name] = id }
    }

    /// After a host is gone.
    func forget(host: String) {
        state.withLock { state in
            state.hosts[host] = nil
            state.full = []
        }
    }

    private func id(
        of name: String, table: String, limit: Int, in database: Database, insert: String,
        arguments: StatementArguments,
        keep: @escaping @Sendable (inout State, Int) -> Void
    ) throws -> Int? {
        let find = "SELECT id FROM \(table) WHERE name = ?"
        let known = try Int.fetchOne(database.cachedStatement(sql: find), arguments: [name])
        if let known {
            // What this transaction made may be undone yet, with its savepoint or as a whole.
            database.afterNextTransaction { [self] database in
                let kept = try? Int.fetchOne(
                    database.cachedStatement(sql: find), arguments: [name])
                if kept == known { state.withLock { keep(&$0, known) } }
            }
            return known
        }
        guard !state.withLock({ $0.full.contains(table) }) else { return nil }
        let count = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM \(table)") ?? 0
        guard count < limit else {
            // It may be less again when this transaction is undone; that is looked at later.
            state.withLock { _ = $0.full.insert(table) }
            return nil
        }
        try database.execute(sql: insert, arguments: arguments)
        return Int(database.lastInsertedRowID)
    }
}
