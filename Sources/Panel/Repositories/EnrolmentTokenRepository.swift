internal import Digests
internal import Foundation
internal import GRDB
internal import PanelAPI

/// One-time tokens, of which the database holds SHA-256 hashes alone, and the keys that nodes made
/// and brought in by them.
struct EnrolmentTokenRepository: Sendable {
    /// Kept at once; those that are used up or over for long go first.
    static let maximumTokens = 10_000
    /// How long one that is used up or over stays in sight.
    static let inSightSeconds = 30 * 86_400.0

    struct Record: Codable, Sendable, Equatable, FetchableRecord, PersistableRecord {
        static let databaseTableName = "enrolmentTokens"

        var hash: Data
        var id: String
        var cluster: String
        var role: String
        var instanceID: String?
        var address: String?
        var createdAt: Double
        var expiresAt: Double
        var usedAt: Double?
        var usedBy: String?

        var view: EnrolmentToken {
            EnrolmentToken(
                id: id, cluster: cluster, role: role, instanceID: instanceID, address: address,
                createdAt: createdAt, expiresAt: expiresAt, usedAt: usedAt, usedBy: usedBy)
        }
    }

    /// The key of an instance, with the role of the token that brought it in.
    struct Key: Codable, Sendable, Equatable, FetchableRecord, PersistableRecord {
        static let databaseTableName = "nodeKeys"

        var instanceID: String
        var publicKey: Data
        var role: String
        var tokenID: String
        var boundAt: Double
    }

    let database: PanelDatabase

    func insert(
        _ token: String, _ order: EnrolmentTokenOrder, for cluster: String, by actor: String,
        now: Double
    ) async throws -> EnrolmentToken {
        let hash = Self.hash(token)
        let record = Record(
            hash: hash, id: Hex.encode(Array(hash.prefix(4))), cluster: cluster,
            role: order.role, instanceID: order.instanceID, address: order.address,
            createdAt: now, expiresAt: now + Double(order.lifeSeconds))
        try await database.write { database in
            try database.execute(
                sql: """
                    DELETE FROM enrolmentTokens WHERE coalesce(usedAt, expiresAt) < ?
                    """, arguments: [now - Self.inSightSeconds])
            let count = try Record.fetchCount(database)
            guard count < Self.maximumTokens else { throw Refusal.busy("one-time tokens") }
            try record.insert(database)
            try AuditLog.add(
                .init(
                    actor: actor, action: "token-made", subject: record.id,
                    detail: "role \(record.role), for \(record.instanceID ?? "any instance") at "
                        + "\(record.address ?? "any address")"), at: now, in: database)
        }
        return record.view
    }

    /// All that are in sight, the newest first.
    func all() async throws -> [EnrolmentToken] {
        try await database.read { database in
            try Record.fetchAll(
                database, sql: "SELECT * FROM enrolmentTokens ORDER BY createdAt DESC, id")
        }.map(\.view)
    }

    /// Takes back one that was not used. False if there is none of this id.
    func remove(_ id: String, by actor: String, now: Double) async throws -> Bool {
        try await database.write { database in
            try database.execute(
                sql: "DELETE FROM enrolmentTokens WHERE id = ? AND usedAt IS NULL",
                arguments: [id])
            guard database.changesCount > 0 else { return false }
            try AuditLog.add(
                .init(actor: actor, action: "token-removed", subject: id, detail: ""),
                at: now, in: database)
            return true
        }
    }

    func key(of instanceID: String) async throws -> Key? {
        try await database.read { try Key.fetchOne($0, key: instanceID) }
    }

    func record(_ token: String) async throws -> Record? {
        let hash = Self.hash(token)
        return try await database.read { try Record.fetchOne($0, key: hash) }
    }

    /// Uses the token up for an instance and its key: in the transaction that lets the node in, so
    /// that of two who come with it one is let in.
    func use(_ record: Record, by key: Key, now: Double, in database: Database) throws {
        try database.execute(
            sql: """
                UPDATE enrolmentTokens SET usedAt = ?, usedBy = ?
                WHERE hash = ? AND usedAt IS NULL
                """, arguments: [now, key.instanceID, record.hash])
        guard database.changesCount > 0 else {
            throw Refusal.token("the one-time token '\(record.id)' was used at the same moment")
        }
        try key.upsert(database)
    }

    private static func hash(_ token: String) -> Data {
        Data(Digest.of(Array(token.utf8)).bytes)
    }
}
