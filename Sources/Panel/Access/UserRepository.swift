internal import GRDB
internal import PanelAPI

/// People who have a name and a password.
struct UserRepository: Sendable {
    static let maximumUsers = 1_000

    struct Record: Codable, Sendable, Equatable, FetchableRecord, PersistableRecord {
        static let databaseTableName = "users"

        var name: String
        var role: PersonRole
        var passwordHash: String
        var createdAt: Double
        var disabledAt: Double?

        var view: User {
            User(name: name, role: role, createdAt: createdAt, disabledAt: disabledAt)
        }
    }

    /// What a change leaves out stays as it is; the password comes hashed.
    struct Change: Sendable, Equatable {
        var role: PersonRole?
        var disabled: Bool?
        var passwordHash: String?
        /// Only while this is the password.
        var insteadOf: String?
    }

    let database: PanelDatabase

    func all() async throws -> [User] {
        try await database.read { database in
            try Record.fetchAll(database, sql: "SELECT * FROM users ORDER BY name").map(\.view)
        }
    }

    func record(_ name: String) async throws -> Record? {
        try await database.read { try Record.fetchOne($0, key: name) }
    }

    func add(_ record: Record, by actor: String) async throws -> User {
        try await database.write { database in
            guard try Record.fetchOne(database, key: record.name) == nil else {
                throw Refusal.conflict("user-exists", "there is a user '\(record.name)' already")
            }
            guard try Record.fetchCount(database) < Self.maximumUsers else {
                throw Refusal.conflict(
                    "too-many-users", "there are \(Self.maximumUsers) users, which is the most")
            }
            try record.insert(database)
            try AuditLog.add(
                .init(
                    actor: actor, action: "user-added", subject: record.name,
                    detail: "role \(record.role.rawValue)"), at: record.createdAt, in: database)
        }
        return record.view
    }

    /// A new password ends the user's sessions; who is disabled loses sessions and tokens.
    func change(
        _ name: String, _ change: Change, by actor: String, now: Double
    ) async throws -> User {
        try await database.write { database in
            guard var record = try Record.fetchOne(database, key: name) else {
                throw Refusal.notFound("unknown-user", "there is no user '\(name.prefix(64))'")
            }
            var done: [String] = []
            if let role = change.role, role != record.role {
                done.append("role \(record.role.rawValue) to \(role.rawValue)")
                record.role = role
            }
            guard change.insteadOf == nil || change.insteadOf == record.passwordHash else {
                throw Refusal.conflict(
                    "password-changed", "the password was changed in the meantime")
            }
            if let hash = change.passwordHash {
                done.append("new password")
                record.passwordHash = hash
            }
            if let disabled = change.disabled, disabled != (record.disabledAt != nil) {
                done.append(disabled ? "disabled" : "enabled")
                record.disabledAt = disabled ? now : nil
            }
            try record.update(database)
            if change.passwordHash != nil || record.disabledAt != nil {
                try database.execute(
                    sql: "DELETE FROM sessions WHERE user = ?", arguments: [name])
            }
            if record.disabledAt != nil {
                try database.execute(
                    sql: "DELETE FROM apiTokens WHERE user = ?", arguments: [name])
            }
            if !done.isEmpty {
                try AuditLog.add(
                    .init(
                        actor: actor, action: "user-changed", subject: name,
                        detail: done.joined(separator: ", ")), at: now, in: database)
            }
            return record.view
        }
    }
}
