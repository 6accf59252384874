internal import GRDB

/// Who did what, when: lines are added and never changed. No line holds a token or a credential.
struct AuditLog: Sendable {
    struct Entry: Sendable, Equatable {
        var actor: String
        var action: String
        var subject: String
        var detail: String
    }

    /// Refusals noted a minute; whoever hammers at the door cannot fill the disk.
    static let maximumRefusalsPerMinute = 60
    /// Of one field; what a stranger sends is cut, not kept whole.
    static let maximumFieldLength = 300

    static func add(_ entry: Entry, at now: Double, in database: Database) throws {
        try database.cachedStatement(
            sql: "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?, ?, ?, ?, ?)"
        ).execute(
            arguments: [
                now, cut(entry.actor), cut(entry.action), cut(entry.subject), cut(entry.detail),
            ])
    }

    /// Notes a refusal, unless this minute has seen its share of them.
    static func addRefusal(_ entry: Entry, at now: Double, in database: Database) throws {
        let recent =
            try Int.fetchOne(
                database, sql: "SELECT COUNT(*) FROM audit WHERE action = ? AND at > ?",
                arguments: [entry.action, now - 60]) ?? 0
        guard recent < maximumRefusalsPerMinute else { return }
        try add(entry, at: now, in: database)
    }

    private static func cut(_ text: String) -> String { String(text.prefix(maximumFieldLength)) }
}
