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
}
