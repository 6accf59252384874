internal import Digests
internal import Foundation
internal import GRDB

/// Node tokens, of which the database holds SHA-256 hashes alone.
struct TokenRepository: Sendable {
    /// Renewals that cross each other leave each of a node's processes with a good token.
    static let maximumPerNode = 4
    /// A node's calls are noted at most this often.
    static let seenGrainSeconds = 5.0

    let database: PanelDatabase

    /// Keeps a token's hash and forgets those of the node that ended or are too many.
    func insert(
        _ token: String, for instanceID: String, expiresAt: Double, now: Double,
        in database: Database
    ) throws {
        try database.cachedStatement(
            sql: "DELETE FROM tokens WHERE instanceID = ? AND expiresAt <= ?"
        ).execute(arguments: [instanceID, now])
        try database.cachedStatement(
            sql: """
                DELETE FROM tokens WHERE hash IN (SELECT hash FROM tokens WHERE instanceID = ?
                    ORDER BY expiresAt DESC LIMIT -1 OFFSET ?)
                """
        ).execute(arguments: [instanceID, Self.maximumPerNode - 1])
        try database.cachedStatement(
            sql: "INSERT INTO tokens (hash, instanceID, expiresAt) VALUES (?, ?, ?)"
        ).execute(arguments: [Self.hash(token), instanceID, expiresAt])
    }

    /// The node that a token belongs to; notes that the node was heard, unless told otherwise.
    func node(
        for token: String, now: Double, notes: Bool = true
    ) async throws -> NodeRecord {
        let hash = Self.hash(token)
        let found = try await database.read { database in
            try Self.find(hash, in: database)
        }
        guard let (node, expiresAt) = found else {
            throw Refusal.unauthorized("token-unknown", "the token is unknown to this panel")
        }
        guard now < expiresAt else {
            throw Refusal.unauthorized("token-expired", "the token has expired; enrol again")
        }
        if notes, abs(now - node.seenAt) >= Self.seenGrainSeconds {
            try await database.write { database in
                try database.execute(
                    sql: "UPDATE nodes SET seenAt = ? WHERE instanceID = ?",
                    arguments: [now, node.instanceID])
            }
        }
        return node
    }

    private static func find(
        _ hash: Data, in database: Database
    ) throws -> (NodeRecord, Double)? {
        let find = try database.cachedStatement(
            sql: """
                SELECT nodes.*, tokens.expiresAt AS tokenExpiresAt FROM tokens
                JOIN nodes USING (instanceID) WHERE hash = ? AND retiredAt IS NULL
                """)
        return try Row.fetchOne(find, arguments: [hash]).map {
            (NodeRecord(row: $0), $0["tokenExpiresAt"])
        }
    }

    private static func hash(_ token: String) -> Data {
        Data(Digest.of(Array(token.utf8)).bytes)
    }
}
