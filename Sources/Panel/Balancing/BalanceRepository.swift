internal import GRDB
internal import PanelAPI

/// Runs of HDFS's balancer, one at a time in a cluster.
struct BalanceRepository: Sendable {
    static let maximumListed = 100

    let database: PanelDatabase

    /// Stores a run, unless the cluster has one that goes on.
    func insert(_ record: BalanceRecord) async throws {
        let now = record.startedAt
        try await database.write { database in
            if let other = try Self.open(of: record.cluster, in: database) {
                guard let lapsed = other.lapsed(at: now) else {
                    throw Refusal.conflict(
                        "balance-under-way",
                        "'\(other.id)' is \(other.state.rawValue): one is run at a time")
                }
                try Self.keep(lapsed, after: other, now: now, in: database)
            }
            try record.insert(database)
            try AuditLog.add(
                .init(
                    actor: record.requestedBy, action: "balance", subject: record.cluster,
                    detail: "\(record.id): \(record.reason)"), at: now, in: database)
        }
    }

    /// The latest, the newest first.
    func all(of cluster: String) async throws -> [BalanceRecord] {
        try await database.read { database in
            try BalanceRecord.fetchAll(
                database,
                sql: """
                    SELECT * FROM balances WHERE cluster = ?
                    ORDER BY startedAt DESC, id LIMIT ?
                    """, arguments: [cluster, Self.maximumListed])
        }
    }

    /// Under way, and those that ended within the hour, as a page shows them: the newest first.
    static func lately(
        in cluster: String, now: Double, _ database: Database
    ) throws -> [BalanceView] {
        try BalanceRecord.fetchAll(
            database,
            sql: """
                SELECT * FROM balances WHERE cluster = ? AND (endedAt IS NULL OR endedAt > ?)
                ORDER BY startedAt DESC, id LIMIT ?
                """,
            arguments: [
                cluster, now - DrainRepository.shownSeconds, DrainRepository.maximumShown,
            ]
        ).map { $0.view(at: now) }
            .filter { $0.endedAt.map { $0 > now - DrainRepository.shownSeconds } ?? true }
    }

    /// Ends those of which nothing more is to be expected; how many go on.
    func endLapsed(now: Double) async throws -> Int {
        try await database.write { database in
            let open = try BalanceRecord.fetchAll(
                database, sql: "SELECT * FROM balances WHERE endedAt IS NULL")
            var left = open.count
            for record in open {
                guard let lapsed = record.lapsed(at: now) else { continue }
                try Self.keep(lapsed, after: record, now: now, in: database)
                left -= 1
            }
            return left
        }
    }

    /// The master has been told of a run.
    func taken(_ id: String, now: Double) async throws {
        try await database.write { database in
            try database.execute(
                sql: "UPDATE balances SET heardAt = ? WHERE id = ? AND heardAt IS NULL",
                arguments: [now, id])
        }
    }

    /// What the cluster's master is to run.
    func task(of cluster: String, now: Double) async throws -> BalanceTask {
        let open = try await database.read { try Self.open(of: cluster, in: $0) }
        guard let run = open?.run(at: now) else { return BalanceTask(revision: "none", run: nil) }
        return BalanceTask(
            revision: run.isCancelled ? "\(run.id)-cancelled" : run.id, run: run)
    }

    /// Stores what the master says of a run; of one that is over, nothing.
    func report(
        _ report: BalanceReport, of id: String, in cluster: String, now: Double
    ) async throws -> BalanceRecord {
        try await database.write { database in
            let known = try Self.record(id, of: cluster, in: database)
            guard let next = known.told(report, at: now) else { return known }
            try Self.keep(next, after: known, now: now, in: database)
            return next
        }
    }

    func cancel(
        _ id: String, of cluster: String, by person: String, now: Double
    ) async throws -> BalanceRecord {
        try await database.write { database in
            let known = try Self.record(id, of: cluster, in: database)
            guard !known.isOver(at: now) else {
                throw Refusal.conflict("balance-over", "'\(id)' is over")
            }
            let next = known.cancelled(at: now)
            try Self.keep(next, after: known, now: now, in: database)
            try AuditLog.add(
                .init(actor: person, action: "balance-cancel", subject: cluster, detail: id),
                at: now, in: database)
            return next
        }
    }

    private static func open(of cluster: String, in database: Database) throws -> BalanceRecord? {
        try BalanceRecord.fetchOne(
            database, sql: "SELECT * FROM balances WHERE cluster = ? AND endedAt IS NULL",
            arguments: [cluster])
    }

    private static func record(
        _ id: String, of cluster: String, in database: Database
    ) throws -> BalanceRecord {
        guard let record = try BalanceRecord.fetchOne(database, key: id),
            record.cluster == cluster
        else { throw Refusal.notFound("unknown-balance", "'\(cluster)' has no such balance") }
        return record
    }

    private static func keep(
        _ next: BalanceRecord, after known: BalanceRecord, now: Double, in database: Database
    ) throws {
        try next.update(database)
        guard next.state != known.state else { return }
        try AuditLog.add(
            .init(
                actor: "panel", action: "balance-\(next.state.rawValue)", subject: next.cluster,
                detail: "\(next.id): \(next.words)"), at: now, in: database)
    }
}
