internal import GRDB
internal import PanelAPI

/// Who is master of each cluster, with a generation that only goes up.
struct MasterRepository: Sendable {
    let database: PanelDatabase

    struct Record: Codable, Sendable, Equatable, FetchableRecord, PersistableRecord {
        static let databaseTableName = "masters"

        var cluster: String
        var instanceID: String
        var address: String
        var hostname: String
        var generation: Int

        var master: MasterRecord {
            MasterRecord(
                instanceID: instanceID, address: address, hostname: hostname,
                generation: generation)
        }
    }

    /// The record, whoever it names and however that one fares.
    func record(of cluster: String) async throws -> Record? {
        try await database.read { try Record.fetchOne($0, key: cluster) }
    }

    /// The master that nodes may turn to: not one that is gone, nor one that came back with
    /// another address and has not said yet that it is master again.
    func current(of cluster: String) async throws -> MasterRecord? {
        try await database.read { database in
            let find = try database.cachedStatement(
                sql: """
                    SELECT masters.* FROM masters JOIN nodes USING (instanceID)
                    WHERE masters.cluster = ? AND goneAt IS NULL
                    AND masters.address = nodes.address
                    """)
            return try Record.fetchOne(find, arguments: [cluster])?.master
        }
    }

    /// The record with the end of its lease: the last sign of life and `seconds` after it.
    func standing(of cluster: String, leaseOf seconds: Double) async throws -> MasterStanding? {
        try await database.read { database in
            guard let record = try Record.fetchOne(database, key: cluster) else { return nil }
            let seenAt = try Double.fetchOne(
                database, sql: "SELECT seenAt FROM nodes WHERE instanceID = ?",
                arguments: [record.instanceID])
            return MasterStanding(
                record: record.master, leaseEndsAt: (seenAt ?? 0) + seconds)
        }
    }

    /// Makes `node` master of its cluster in the place of `predecessor`; nil if somebody else was
    /// faster.
    func appoint(
        _ node: NodeRecord, after predecessor: String?, now: Double
    ) async throws -> MasterRecord? {
        try await database.write { database in
            let old = try Record.fetchOne(database, key: node.cluster)
            guard old?.instanceID == predecessor || old?.instanceID == node.instanceID else {
                return nil
            }
            let isNew = old?.instanceID != node.instanceID
            let record = Record(
                cluster: node.cluster, instanceID: node.instanceID, address: node.address,
                hostname: node.hostname, generation: (old?.generation ?? 0) + (isNew ? 1 : 0))
            guard record != old else { return record.master }
            try record.upsert(database)
            try AuditLog.add(
                .init(
                    actor: node.name, action: "master", subject: node.instanceID,
                    detail: "generation \(record.generation) at \(record.address), "
                        + "after \(old?.instanceID ?? "none")"),
                at: now, in: database)
            return record.master
        }
    }
}
