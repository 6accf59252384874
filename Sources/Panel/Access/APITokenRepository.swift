internal import Digests
internal import Foundation
internal import GRDB
internal import PanelAPI

/// Tokens by which programs speak for users, of which the database holds SHA-256 hashes alone.
struct APITokenRepository: Sendable {
    /// Says what it is, to people and to programs that look for secrets.
    static let prefix = "howdah-api-"
    static let maximumPerUser = 100
    static let lifeSeconds = 60...366 * 86_400
    static let maximumNoteLength = 100
    /// A token's use is noted at most this often.
    static let usedGrainSeconds = 60.0

    struct Record: Codable, Sendable, Equatable, FetchableRecord, PersistableRecord {
        static let databaseTableName = "apiTokens"

        var hash: Data
        var id: String
        var user: String
        var role: PersonRole
        var note: String?
        var createdAt: Double
        var expiresAt: Double
        var usedAt: Double?

        var view: APIToken {
            APIToken(
                id: id, user: user, role: role, note: note, createdAt: createdAt,
                expiresAt: expiresAt, usedAt: usedAt)
        }
    }

    let database: PanelDatabase

    func insert(_ record: Record, by actor: String) async throws {
        try await database.write { database in
            try database.execute(
                sql: "DELETE FROM apiTokens WHERE user = ? AND expiresAt <= ?",
                arguments: [record.user, record.createdAt])
            let count = try Record.filter(Column("user") == record.user).fetchCount(database)
            guard count < Self.maximumPerUser else {
                throw Refusal.conflict(
                    "too-many-tokens",
                    "'\(record.user)' has \(Self.maximumPerUser) tokens, which is the most")
            }
            try record.insert(database)
            try AuditLog.add(
                .init(
                    actor: actor, action: "api-token-made", subject: record.id,
                    detail: "of \(record.user), role \(record.role.rawValue)"),
                at: record.createdAt, in: database)
        }
    }

    /// A user's, or all; the newest first.
    func all(of user: String?) async throws -> [APIToken] {
        try await database.read { database in
            try Record.fetchAll(
                database,
                sql: """
                    SELECT * FROM apiTokens WHERE user = coalesce(?, user)
                    ORDER BY createdAt DESC, id
                    """, arguments: [user])
        }.map(\.view)
    }

    /// Takes one back: the user's, or anyone's where `user` is nil. False if there is none.
    func remove(_ id: String, of user: String?, by actor: String, now: Double) async throws -> Bool
    {
        try await database.write { database in
            try database.execute(
                sql: "DELETE FROM apiTokens WHERE id = ? AND user = coalesce(?, user)",
                arguments: [id, user])
            guard database.changesCount > 0 else { return false }
            try AuditLog.add(
                .init(actor: actor, action: "api-token-removed", subject: id, detail: ""),
                at: now, in: database)
            return true
        }
    }

    /// Whose token it is, if it holds. Its role is never above what the user's is by now.
    func person(for token: String, now: Double) async throws -> Person? {
        let hash = SecretText.hash(token)
        let found = try await database.read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT apiTokens.*, users.role AS userRole FROM apiTokens
                    JOIN users ON users.name = apiTokens.user
                    WHERE hash = ? AND disabledAt IS NULL
                    """, arguments: [hash]
            ).map { (try Record(row: $0), $0["userRole"] as String) }
        }
        guard let (record, userRole) = found else { return nil }
        guard now < record.expiresAt else {
            throw Refusal.unauthorized("token-expired", "the token has expired; make a new one")
        }
        if now - (record.usedAt ?? 0) >= Self.usedGrainSeconds {
            try await database.write { database in
                try database.execute(
                    sql: "UPDATE apiTokens SET usedAt = ? WHERE hash = ?", arguments: [now, hash])
            }
        }
        guard let limit = PersonRole(rawValue: userRole) else { return nil }
        return Person(
            name: record.user, role: min(record.role, limit),
            proof: .token(id: record.id, expiresAt: record.expiresAt))
    }
}
