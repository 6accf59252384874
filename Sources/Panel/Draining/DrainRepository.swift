internal import GRDB
internal import PanelAPI

/// Nodes that are emptied and ended, one at a time in a cluster.
struct DrainRepository: Sendable {
    static let maximumListed = 100

    let database: PanelDatabase

    /// A page shows those that are over so long.
    static let shownSeconds = 3600.0
    static let maximumShown = 5

    /// Under way, and those that ended within the hour, the newest first.
    static func lately(
        in cluster: String, now: Double, _ database: Database
    ) throws -> [DrainView] {
        try DrainRecord.fetchAll(
            database,
            sql: """
                SELECT * FROM drains WHERE cluster = ? AND (endedAt IS NULL OR endedAt > ?)
                ORDER BY startedAt DESC, id LIMIT ?
                """, arguments: [cluster, now - shownSeconds, maximumShown]
        ).map(\.view)
    }

    /// Stores a drain, unless the cluster has one under way.
    func insert(_ record: DrainRecord) async throws {
        try await database.write { database in
            if let other = try Self.open(of: record.cluster, in: database) {
                throw Refusal.conflict(
                    "drain-under-way",
                    "'\(other.node)' is \(other.state.rawValue): one node is drained at a time")
            }
            try record.insert(database)
            try Self.mark(record, in: database)
            try AuditLog.add(
                .init(
                    actor: record.requestedBy, action: "drain", subject: record.node,
                    detail: "\(record.id), \(record.instanceID): \(record.reason)"),
                at: record.startedAt, in: database)
        }
    }

    /// The latest, the newest first.
    func all(of cluster: String) async throws -> [DrainRecord] {
        try await database.read { database in
            try DrainRecord.fetchAll(
                database,
                sql: """
                    SELECT * FROM drains WHERE cluster = ?
                    ORDER BY startedAt DESC, id LIMIT ?
                    """, arguments: [cluster, Self.maximumListed])
        }
    }

    /// Of all clusters, one each at most.
    func open() async throws -> [DrainRecord] {
        try await database.read { database in
            try DrainRecord.fetchAll(database, sql: "SELECT * FROM drains WHERE endedAt IS NULL")
        }
    }

    static func open(of cluster: String, in database: Database) throws -> DrainRecord? {
        try DrainRecord.fetchOne(
            database, sql: "SELECT * FROM drains WHERE cluster = ? AND endedAt IS NULL",
            arguments: [cluster])
    }

    /// Stores what a drain has come to, with the end of its instance where that is next; nil where
    /// somebody has changed it meanwhile, and nothing was stored.
    func update(
        _ next: DrainRecord, after record: DrainRecord, now: Double
    ) async throws -> DrainRecord? {
        try await database.write { database in
            guard let known = try DrainRecord.fetchOne(database, key: record.id),
                known.revision == record.revision
            else { return nil }
            var next = next
            next.revision = known.revision + 1
            // Who looks at drains looks for this.
            if next.view != known.view { next.changedAt = now }
            try next.update(database)
            guard next.state != record.state else { return next }
            try Self.mark(next, in: database)
            try AuditLog.add(
                .init(
                    actor: "panel", action: "drain-\(next.state.rawValue)", subject: next.node,
                    detail: "\(next.id): \(next.sentence)"), at: now, in: database)
            if next.state == .terminating { try Self.terminate(next, now: now, in: database) }
            return next
        }
    }

    private static func terminate(
        _ record: DrainRecord, now: Double, in database: Database
    ) throws {
        _ = try LaunchRepository.insert(
            TerminationRecord(
                instanceID: record.instanceID, cluster: record.cluster, node: record.node,
                requestedBy: record.requestedBy, reason: "drained by \(record.id)",
                requestedAt: now), in: database)
    }

    /// Takes a node back that is being drained.
    func cancel(
        _ id: String, of cluster: String, by person: String, reason: String, now: Double
    ) async throws -> DrainRecord {
        try await database.write { database in
            guard let record = try DrainRecord.fetchOne(database, key: id),
                record.cluster == cluster
            else { throw Refusal.notFound("unknown-drain", "'\(cluster)' has no such drain") }
            return try Self.cancel(record, by: person, reason: reason, now: now, in: database)
        }
    }

    /// The name of the node that is taken back; nil where the cluster has none that can be.
    func cancelOpen(
        of cluster: String, by actor: String, reason: String, now: Double
    ) async throws -> String? {
        try await database.write { database in
            guard let record = try Self.open(of: cluster, in: database),
                record.state.isCancellable
            else { return nil }
            return try Self.cancel(record, by: actor, reason: reason, now: now, in: database).node
        }
    }

    private static func cancel(
        _ record: DrainRecord, by actor: String, reason: String, now: Double, in database: Database
    ) throws -> DrainRecord {
        if record.state == .cancelling { return record }
        guard record.state.isCancellable else {
            throw Refusal.conflict(
                "drain-too-late",
                "'\(record.node)' is \(record.state.rawValue): it cannot be taken back")
        }
        var next = record
        // While it is checked nothing was done to it.
        next.state = record.state == .checking ? .cancelled : .cancelling
        next.sentence =
            record.state == .checking
            ? "nothing was done to '\(record.node)'"
            : "takes '\(record.node)' back: waits until the NameNode has it in service"
        next.stall = nil
        next.confirmations = 0
        next.progressAt = now
        next.changedAt = now
        next.endedAt = next.state.isOver ? now : nil
        next.revision += 1
        try next.update(database)
        try mark(next, in: database)
        try AuditLog.add(
            .init(
                actor: actor, action: "drain-cancel", subject: record.node,
                detail: "\(record.id), \(record.state.rawValue): \(reason)"), at: now, in: database)
        return next
    }

    private static func mark(_ record: DrainRecord, in database: Database) throws {
        try database.execute(
            sql: "UPDATE nodes SET drain = ? WHERE instanceID = ?",
            arguments: [record.state.rawValue, record.instanceID])
    }
}

extension DrainRepository {
    /// How long the members' lists are told of nodes that went.
    static let toldSeconds = 86_400.0

    /// Nodes that went after a drain, with whether the lists of the excluded are to have them.
    static func departed(
        from cluster: String, now: Double, in database: Database
    ) throws -> [(node: NodeRecord, isReleased: Bool)] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT instanceID, releasedAt FROM drains
                WHERE cluster = ? AND changedAt > ? AND state IN (?, ?, ?)
                ORDER BY changedAt DESC LIMIT ?
                """,
            arguments: [
                cluster, now - toldSeconds, DrainView.State.terminating.rawValue,
                DrainView.State.cleaning.rawValue, DrainView.State.done.rawValue, maximumListed,
            ])
        return try rows.compactMap { row in
            let id: String = row["instanceID"]
            guard let node = try NodeRecord.fetchOne(database, key: id), node.goneAt != nil
            else { return nil }
            return (node, (row["releasedAt"] as Double?) != nil)
        }
    }
}
