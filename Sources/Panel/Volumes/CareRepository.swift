internal import GRDB
internal import PanelAPI

/// Operations on volumes, and volumes that are offered.
struct CareRepository: Sendable {
    static let maximumListed = 500
    static let maximumPending = 100

    let database: PanelDatabase

    /// Stores an operation; one at a time has a volume.
    func insert(_ record: CareRecord) async throws {
        try await database.write { database in
            try Self.checkIdle(record.volumeID, in: database)
            if record.kind == .delete {
                try database.execute(
                    sql: "DELETE FROM volumeOffers WHERE volumeID = ?",
                    arguments: [record.volumeID])
            }
            try record.insert(database)
            try AuditLog.add(
                .init(
                    actor: record.requestedBy, action: "volume-\(record.kind.rawValue)",
                    subject: record.volumeID, detail: record.id),
                at: record.requestedAt, in: database)
        }
    }

    private static func checkIdle(_ volumeID: String, in database: Database) throws {
        let working = try CareRecord.fetchOne(
            database,
            sql: "SELECT * FROM volumeOperations WHERE volumeID = ? AND state = ?",
            arguments: [volumeID, VolumeOperation.State.working.rawValue])
        if let working {
            throw Refusal.conflict(
                "volume-busy", "'\(working.kind.rawValue)' of '\(volumeID)' is under way")
        }
    }

    /// Takes an offer back. False if there is none.
    func withdraw(_ volumeID: String, in cluster: String, by person: String, now: Double)
        async throws -> Bool
    {
        try await database.write { database in
            try database.execute(
                sql: "DELETE FROM volumeOffers WHERE volumeID = ? AND cluster = ?",
                arguments: [volumeID, cluster])
            guard database.changesCount > 0 else { return false }
            try AuditLog.add(
                .init(
                    actor: person, action: "volume-offer-withdrawn", subject: volumeID,
                    detail: ""), at: now, in: database)
            return true
        }
    }

    func working() async throws -> [CareRecord] {
        try await database.read { database in
            try CareRecord.fetchAll(
                database,
                sql: """
                    SELECT * FROM volumeOperations WHERE state = ?
                    ORDER BY requestedAt, id LIMIT ?
                    """,
                arguments: [VolumeOperation.State.working.rawValue, Self.maximumPending])
        }
    }

    /// The latest, the newest first.
    func all(of cluster: String) async throws -> [CareRecord] {
        try await database.read { database in
            try CareRecord.fetchAll(
                database,
                sql: """
                    SELECT * FROM volumeOperations WHERE cluster = ?
                    ORDER BY requestedAt DESC, id LIMIT ?
                    """, arguments: [cluster, Self.maximumListed])
        }
    }

    func update(_ record: CareRecord, audit: AuditLog.Entry?, now: Double) async throws {
        try await database.write { database in
            try record.update(database)
            if let audit { try AuditLog.add(audit, at: now, in: database) }
        }
    }

    func offers(of cluster: String) async throws -> [OfferRecord] {
        try await database.read { database in
            try OfferRecord.fetchAll(
                database, sql: "SELECT * FROM volumeOffers WHERE cluster = ?",
                arguments: [cluster])
        }
    }

    /// Offers a volume; offered anew, the last word counts.
    func offer(_ record: OfferRecord) async throws {
        try await database.write { database in
            try Self.checkIdle(record.volumeID, in: database)
            try record.upsert(database)
            try AuditLog.add(
                .init(
                    actor: record.offeredBy, action: "volume-offered", subject: record.volumeID,
                    detail: "to the next '\(record.role)' in \(record.zone) for \(record.mount)"),
                at: record.offeredAt, in: database)
        }
    }

    /// Takes the offer that has waited longest for such a node; nil if there is none.
    static func take(
        for node: NodeRecord, mount: String, now: Double, in database: Database
    ) throws -> OfferRecord? {
        let offer = try OfferRecord.fetchOne(
            database,
            sql: """
                SELECT * FROM volumeOffers WHERE cluster = ? AND role = ? AND mount = ?
                AND zone = ? AND volumeID NOT IN
                    (SELECT volumeID FROM volumeOperations WHERE state = 'working')
                ORDER BY offeredAt, volumeID LIMIT 1
                """, arguments: [node.cluster, node.role, mount, node.zone])
        guard let offer else { return nil }
        try offer.delete(database)
        try AuditLog.add(
            .init(
                actor: node.name, action: "volume-taken", subject: offer.volumeID,
                detail: "for \(mount), as '\(offer.offeredBy)' offered it"),
            at: now, in: database)
        return offer
    }
}
