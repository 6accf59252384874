internal import Autoscaling
internal import GRDB
internal import PanelAPI

/// How each cluster stood, minute by minute: what a chart of days is read from, without a look at
/// what every node measured.
struct ClusterHistory: Sendable {
    static let keptSeconds = 31 * 86_400.0
    static let intervalSeconds = 60.0
    /// Points of one chart; of more, those that fall together are one.
    static let maximumPoints = 360

    /// `load`: the mean of the role that grows, of the nodes that were heard; NULL where none was.
    static let tables = """
        CREATE TABLE clusterHistory (
            cluster TEXT NOT NULL REFERENCES clusters (name),
            at REAL NOT NULL,
            up INTEGER NOT NULL,
            others INTEGER NOT NULL,
            launching INTEGER NOT NULL,
            load REAL,
            PRIMARY KEY (cluster, at)
        ) STRICT, WITHOUT ROWID;
        """

    struct Point: Sendable, Equatable {
        /// Seconds since 1970, a whole minute.
        var at: Double
        /// Nodes that are up, have missed a heartbeat only, or still do their part while they are
        /// drained.
        var up: Int
        /// Those that boot, have failed or are down.
        var others: Int
        var launching: Int
        var load: Double?
    }

    /// Writes down how a cluster stands now.
    static func note(
        _ cluster: ClusterSettings, now: Double, in database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO clusterHistory (cluster, at, up, others, launching, load)
                SELECT :cluster, :at,
                    COUNT(*) FILTER (WHERE life IN (\(upStates))),
                    COUNT(*) FILTER (WHERE life IS NULL OR life NOT IN (\(upStates))),
                    (\(pending)),
                    CASE WHEN COUNT(*) FILTER (WHERE role = :role) > 0
                        THEN AVG(load1) FILTER (WHERE role = :role AND heartbeatAt > :heard)
                        ELSE AVG(load1) FILTER (WHERE heartbeatAt > :heard) END
                FROM nodes WHERE cluster = :cluster AND retiredAt IS NULL AND goneAt IS NULL
                """,
            arguments: [
                "cluster": cluster.name,
                "at": (now / intervalSeconds).rounded(.down) * intervalSeconds,
                "role": cluster.scaling.rule.role, "heard": now - cluster.downAfterSeconds,
            ])
        try database.execute(
            sql: "DELETE FROM clusterHistory WHERE cluster = ? AND at < ?",
            arguments: [cluster.name, now - keptSeconds])
    }

    private static let upStates = "'up', 'stale', 'draining'"

    /// Instances that were ordered and are no node yet.
    static let pending = """
        SELECT COUNT(*) FROM launches WHERE cluster = :cluster
        AND state IN ('requested', 'launched')
        AND (instanceID IS NULL OR instanceID NOT IN (SELECT instanceID FROM nodes))
        """

    /// The oldest first; of those that fall together the mean load and the last counts.
    static func points(
        of cluster: String, from: Double, to: Double, in database: Database
    ) throws -> [Point] {
        let width = max(intervalSeconds, (to - from) / Double(maximumPoints))
        // With one MAX, SQLite takes the other columns from the row that has it.
        return try Row.fetchAll(
            database,
            sql: """
                SELECT MAX(at), up, others, launching, AVG(load) FROM clusterHistory
                WHERE cluster = ?1 AND at > ?2 AND at <= ?3
                GROUP BY CAST((at - ?2) / ?4 AS INTEGER) ORDER BY at
                """, arguments: [cluster, from, to, width]
        ).map { row in
            Point(at: row[0], up: row[1], others: row[2], launching: row[3], load: row[4])
        }
    }
}
