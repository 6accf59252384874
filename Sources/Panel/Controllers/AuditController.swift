internal import GRDB
internal import Hummingbird
internal import PanelAPI

/// `GET /v1/audit`: who did what, when; the newest first.
struct AuditController: Sendable {
    static let counts = 1...1000
    static let standardCount = 100

    let database: PanelDatabase

    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.get { request, context in
            _ = try context.person(atLeast: .viewer)
            let query = request.uri.queryParameters
            func number(_ key: Substring, _ standard: Int64) throws -> Int64 {
                guard let text = query[key] else { return standard }
                guard let value = Int64(text), value > 0 else {
                    throw Refusal.badRequest("'\(key)' is a number from 1")
                }
                return value
            }
            let limit = try Int(number("limit", Int64(Self.standardCount)))
            guard Self.counts.contains(limit) else {
                throw Refusal.badRequest("'limit' is from 1 to \(Self.counts.upperBound)")
            }
            let before = try number("before", .max)
            let subject = query["subject"].map { String($0) }
            return try JSONBody.response(
                try await AuditLog.lines(
                    database, limit: limit, before: before, subject: subject))
        }
    }
}

extension AuditLog {
    /// The newest lines older than `before`, of one subject or all.
    static func lines(
        _ database: PanelDatabase, limit: Int, before: Int64, subject: String?
    ) async throws -> [AuditLine] {
        let condition = subject == nil ? "" : "AND subject = ?3"
        return try await database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM audit WHERE id < ?1 \(condition) ORDER BY id DESC LIMIT ?2
                    """,
                arguments: subject.map { [before, limit, $0] } ?? [before, limit]
            ).map { row in
                AuditLine(
                    id: row["id"], at: row["at"], actor: row["actor"], action: row["action"],
                    subject: row["subject"], detail: row["detail"])
            }
        }
    }
}
