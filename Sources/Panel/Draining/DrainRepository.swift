internal import GRDB
internal import PanelAPI

/// Nodes that are emptied and ended, one at a time in a cluster.
struct DrainRepository: Sendable {
    static let maximumListed = 100

    let database: PanelDatabase

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
