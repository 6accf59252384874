internal import Foundation
internal import GRDB
internal import PanelAPI

/// The few nodes that the cloud has something in mind for.
enum NodeNotices {
    /// Word for word the index's own condition, without which SQLite would not take it.
    private static let isThere = """
        instr(CAST(latest AS TEXT), '"notices":[{') > 0
        """

    /// Nodes with a notice alone: a page reads these, and not what ten thousand nodes told.
    static let index = "CREATE INDEX newsWithNotices ON news (instanceID) WHERE \(isThere)"

    static func warned(
        in cluster: String, _ database: Database
    ) throws -> [ClusterPageData.Warned] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT instanceID, latest FROM news INDEXED BY newsWithNotices
                JOIN nodes USING (instanceID)
                WHERE \(isThere) AND cluster = ? AND goneAt IS NULL ORDER BY name LIMIT ?
                """, arguments: [cluster, PageReader.maximumWarned]
        ).map { row in
            let news = try JSONDecoder().decode(NodeNews.self, from: row[1] as Data)
            return .init(instanceID: row[0], notices: news.notices ?? [])
        }
    }
}
