internal import Digests
internal import GRDB
internal import PanelAPI

/// Instances that the panel starts and ends. What the worker is about to do stands here first.
struct LaunchRepository: Sendable {
    /// Worked on in one round; the others wait for the next.
    static let maximumPending = 100
    /// Lines of a listing.
    static let maximumListed = 500

    let database: PanelDatabase

    /// Stores launches, unless the cluster would come to more than `limit` nodes by them, or has a
    /// node that is being drained and could be taken back: that one comes first.
    func insert(_ records: [LaunchRecord], limit: Int) async throws {
        try await database.write { database in
            guard let first = records.first else { return }
            if let drain = try DrainRepository.open(of: first.cluster, in: database) {
                try drain.checkMayLaunch()
            }
            let now = try Self.size(of: first.cluster, in: database)
            guard now + records.count <= limit else {
                throw Refusal.conflict(
                    "too-many-nodes",
                    "'\(first.cluster)' has \(now) nodes or launches and "
                        + "'maximum-nodes' is \(limit); \(records.count) more do not fit")
            }
            for record in records {
                try record.insert(database)
                try AuditLog.add(
                    .init(
                        actor: record.requestedBy, action: "launch", subject: record.id,
                        detail: "\(record.role), \(record.market.rawValue): \(record.reason)"),
                    at: record.requestedAt, in: database)
            }
        }
    }

    /// How many more a cluster takes.
    func room(in cluster: ClusterSettings) async throws -> Int {
        let size = try await database.read { try Self.size(of: cluster.name, in: $0) }
        return max(0, cluster.maximumNodes - size)
    }

    /// Nodes that EC2 has not let go of, and launches that are on their way to be one.
    private static func size(of cluster: String, in database: Database) throws -> Int {
        try Int.fetchOne(
            database,
            sql: """
                SELECT (SELECT COUNT(*) FROM nodes WHERE cluster = ?1 AND retiredAt IS NULL)
                    + (SELECT COUNT(*) FROM launches WHERE cluster = ?1 AND state IN (?2, ?3)
                        AND (instanceID IS NULL OR instanceID NOT IN
                            (SELECT instanceID FROM nodes)))
                """,
            arguments: [
                cluster, Launch.State.requested.rawValue, Launch.State.launched.rawValue,
            ]) ?? 0
    }

    /// What the worker has to look at: all but those that failed or ended.
    func open() async throws -> [LaunchRecord] {
        try await database.read { database in
            // Apart: those that never enrol do not stand in the way of those to be started.
            try [Launch.State.requested, .launched].flatMap { state in
                try LaunchRecord.fetchAll(
                    database,
                    sql: "SELECT * FROM launches WHERE state = ? ORDER BY requestedAt, id LIMIT ?",
                    arguments: [state.rawValue, Self.maximumPending])
            }
        }
    }

    func launch(_ id: String) async throws -> LaunchRecord? {
        try await database.read { try LaunchRecord.fetchOne($0, key: id) }
    }

    /// The latest, the newest first.
    func all(of cluster: String) async throws -> [LaunchRecord] {
        try await database.read { database in
            try LaunchRecord.fetchAll(
                database,
                sql:
                    """
                    SELECT * FROM launches WHERE cluster = ?
                    ORDER BY requestedAt DESC, id LIMIT ?
                    """,
                arguments: [cluster, Self.maximumListed])
        }
    }

    func update(
        _ record: LaunchRecord, audit: AuditLog.Entry?, now: Double
    ) async throws {
        try await database.write { database in
            try record.update(database)
            if let audit { try AuditLog.add(audit, at: now, in: database) }
        }
    }

    /// Launches whose instances EC2 has let go of for good have ended.
    func closeEnded(now: Double) async throws {
        try await database.write { database in
            try database.execute(
                sql: """
                    UPDATE launches SET state = ?, stateAt = ? WHERE state = ? AND instanceID IN
                        (SELECT instanceID FROM nodes WHERE retiredAt IS NOT NULL)
                    """,
                arguments: [Launch.State.ended.rawValue, now, Launch.State.enrolled.rawValue])
        }
    }

    /// Stores that an instance is to end; the record that is there already, if it is.
    func terminate(_ record: TerminationRecord) async throws -> TerminationRecord {
        try await database.write { try Self.insert(record, in: $0) }
    }

    static func insert(
        _ record: TerminationRecord, in database: Database
    ) throws -> TerminationRecord {
        if let known = try TerminationRecord.fetchOne(database, key: record.instanceID) {
            return known
        }
        try record.insert(database)
        try AuditLog.add(
            .init(
                actor: record.requestedBy, action: "terminate", subject: record.node,
                detail: "\(record.instanceID): \(record.reason)"),
            at: record.requestedAt, in: database)
        return record
    }

    func termination(of instanceID: String) async throws -> TerminationRecord? {
        try await database.read { try TerminationRecord.fetchOne($0, key: instanceID) }
    }

    func openTerminations() async throws -> [TerminationRecord] {
        try await database.read { database in
            try TerminationRecord.fetchAll(
                database,
                sql: """
                    SELECT * FROM terminations WHERE doneAt IS NULL
                    ORDER BY requestedAt, instanceID LIMIT ?
                    """, arguments: [Self.maximumPending])
        }
    }

    func update(
        _ record: TerminationRecord, audit: AuditLog.Entry?, now: Double
    ) async throws {
        try await database.write { database in
            try record.update(database)
            if let audit { try AuditLog.add(audit, at: now, in: database) }
        }
    }
}
