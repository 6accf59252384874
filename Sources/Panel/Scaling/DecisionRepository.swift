internal import Autoscaling
internal import Foundation
internal import GRDB
internal import PanelAPI

/// The autoscaler's decisions: each for a week, those that added nodes for a year.
struct DecisionRepository: Sendable {
    static let keptSeconds = 7 * 86_400.0
    static let additionsKeptSeconds = 366 * 86_400.0
    static let tables = """
        CREATE TABLE decisions (
            id INTEGER PRIMARY KEY,
            cluster TEXT NOT NULL REFERENCES clusters (name),
            at REAL NOT NULL,
            outcome TEXT NOT NULL,
            content BLOB NOT NULL
        ) STRICT;
        CREATE INDEX decisionsByTime ON decisions (cluster, at);
        """

    let database: PanelDatabase

    func insert(
        _ decision: Decision, of cluster: String, mode: ScalingSettings.Mode,
        seconds: Double? = nil
    ) async throws {
        let content = try JSONEncoder().encode(Self.view(decision, mode, seconds))
        try await database.write { database in
            try database.execute(
                sql: "INSERT INTO decisions (cluster, at, outcome, content) VALUES (?, ?, ?, ?)",
                arguments: [cluster, decision.at, decision.outcome.rawValue, content])
            try database.execute(
                sql: "DELETE FROM decisions WHERE cluster = ? AND at < ? AND outcome != ?",
                arguments: [
                    cluster, decision.at - Self.keptSeconds, Decision.Outcome.add.rawValue,
                ])
            try database.execute(
                sql: "DELETE FROM decisions WHERE cluster = ? AND at < ?",
                arguments: [cluster, decision.at - Self.additionsKeptSeconds])
        }
    }

    /// Those that were made until `at`, the newest first.
    func decisions(
        of cluster: String, until at: Double, limit: Int
    ) async throws -> [DecisionView] {
        try await database.read { database in
            try Self.decisions(of: cluster, until: at, limit: limit, in: database)
        }
    }

    static func decisions(
        of cluster: String, until at: Double, limit: Int, in database: Database
    ) throws -> [DecisionView] {
        let decoder = JSONDecoder()
        return try Data.fetchAll(
            database,
            sql: """
                SELECT content FROM decisions WHERE cluster = ? AND at <= ?
                ORDER BY at DESC, id DESC LIMIT ?
                """, arguments: [cluster, at, limit]
        ).map { try decoder.decode(DecisionView.self, from: $0) }
    }

    private static func view(
        _ decision: Decision, _ mode: ScalingSettings.Mode, _ seconds: Double?
    ) -> DecisionView {
        let names = DecisionView.maximumNames
        let leftOut = decision.leftOut.sorted { $0.key < $1.key }.prefix(names)
        return DecisionView(
            at: decision.at, mode: mode.rawValue, outcome: decision.outcome.rawValue,
            count: decision.count, eligible: Array(decision.eligible.prefix(names)),
            leftOut: Dictionary(leftOut.map { ($0.key, $0.value) }) { $1 }, value: decision.value,
            lowest: decision.lowest, freshShare: decision.freshShare,
            guards: decision.guards, sentence: decision.sentence, seconds: seconds)
    }
}
