internal import Digests
internal import Foundation
internal import GRDB
internal import PanelAPI

/// Browsers that a user has logged in with. The secret is in the browser's cookie; the database
/// holds its hash alone.
struct SessionRepository: Sendable {
    /// Of silence, and from the login on.
    static let idleSeconds = 12 * 3600.0
    static let absoluteSeconds = 7 * 86_400.0
    /// One more ends the one that was silent longest.
    static let maximumPerUser = 20
    static let seenGrainSeconds = 60.0

    let database: PanelDatabase

    /// Begins a session of a user as `record` had them: not if the password was changed, or the
    /// user locked out, while the one that came was being tried.
    func begin(
        _ secret: String, for record: UserRepository.Record, from address: String, now: Double
    ) async throws {
        let user = record.name
        try await database.write { database in
            let current = try UserRepository.Record.fetchOne(database, key: user)
            guard let current, current.disabledAt == nil,
                current.passwordHash == record.passwordHash
            else { throw Refusal.login }
            try database.execute(
                sql: "DELETE FROM sessions WHERE seenAt <= ? OR createdAt <= ?",
                arguments: [now - Self.idleSeconds, now - Self.absoluteSeconds])
            try database.execute(
                sql: """
                    DELETE FROM sessions WHERE hash IN (SELECT hash FROM sessions WHERE user = ?
                        ORDER BY seenAt DESC LIMIT -1 OFFSET ?)
                    """, arguments: [user, Self.maximumPerUser - 1])
            try database.execute(
                sql: "INSERT INTO sessions (hash, user, createdAt, seenAt) VALUES (?, ?, ?, ?)",
                arguments: [SecretText.hash(secret), user, now, now])
            try AuditLog.add(
                .init(actor: user, action: "login", subject: address, detail: ""), at: now,
                in: database)
        }
    }

    func end(_ secret: String, of user: String, from address: String, now: Double) async throws {
        try await database.write { database in
            try database.execute(
                sql: "DELETE FROM sessions WHERE hash = ?", arguments: [SecretText.hash(secret)])
            try AuditLog.add(
                .init(actor: user, action: "logout", subject: address, detail: ""), at: now,
                in: database)
        }
    }

    /// Whether it is one that has not ended, of a user who may come in; not noted as seen.
    func isOpen(_ secret: String, now: Double) async throws -> Bool {
        let hash = SecretText.hash(secret)
        return try await database.read { database in
            try Bool.fetchOne(
                database,
                sql: """
                    SELECT 1 FROM sessions JOIN users ON users.name = sessions.user
                    WHERE hash = ? AND disabledAt IS NULL AND seenAt > ?
                        AND sessions.createdAt > ?
                    """,
                arguments: [hash, now - Self.idleSeconds, now - Self.absoluteSeconds]) ?? false
        }
    }

    /// Whose session it is, if it is one and has not ended; notes that it was seen.
    func person(for secret: String, now: Double) async throws -> Person? {
        let hash = SecretText.hash(secret)
        let row = try await database.read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT users.name, users.role, seenAt FROM sessions
                    JOIN users ON users.name = sessions.user
                    WHERE hash = ? AND disabledAt IS NULL AND seenAt > ?
                        AND sessions.createdAt > ?
                    """,
                arguments: [hash, now - Self.idleSeconds, now - Self.absoluteSeconds]
            ).map { ($0["name"] as String, $0["role"] as String, $0["seenAt"] as Double) }
        }
        guard let (name, role, seenAt) = row, let role = PersonRole(rawValue: role) else {
            return nil
        }
        if abs(now - seenAt) >= Self.seenGrainSeconds {
            try await database.write { database in
                try database.execute(
                    sql: "UPDATE sessions SET seenAt = ? WHERE hash = ?", arguments: [now, hash])
            }
        }
        return Person(name: name, role: role, proof: .session(secret))
    }
}
