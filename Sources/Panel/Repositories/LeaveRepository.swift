internal import GRDB
internal import PanelAPI

/// Leaves for what a cluster does once in its life.
struct LeaveRepository: Sendable {
    /// To format the NameNode: the master's alone.
    static let namenodeFormat = "namenode-format"

    let database: PanelDatabase

    private struct Record: Codable, FetchableRecord, PersistableRecord {
        static let databaseTableName = "leaves"

        var cluster: String
        var name: String
        var instanceID: String
        var grantedAt: Double
        var doneAt: Double?
    }

    /// Grants the leave to the first that asks, and to it alone until it says that it is done. The
    /// place of an instance that EC2 has let go of for good, and that never reported a good boot,
    /// goes to the next.
    func ask(_ name: String, by node: NodeRecord, now: Double) async throws -> Leave {
        try await database.write { database in
            let old = try Self.find(name, node.cluster, in: database)
            if let old, old.doneAt != nil {
                return Leave(
                    granted: false,
                    reason: "it was done by '\(old.instanceID)'")
            }
            if let old, old.instanceID != node.instanceID,
                try Self.mayHaveUsed(old.instanceID, in: database)
            {
                return Leave(
                    granted: false,
                    reason: "'\(old.instanceID)' has leave and has not said that it is done")
            }
            if old?.instanceID != node.instanceID {
                try Record(
                    cluster: node.cluster, name: name, instanceID: node.instanceID, grantedAt: now
                ).upsert(database)
                try AuditLog.add(
                    .init(
                        actor: node.name, action: "leave-granted", subject: name,
                        detail: node.instanceID), at: now, in: database)
            }
            return Leave(granted: true)
        }
    }

    /// Notes that the leave's holder did what it was for.
    func done(_ name: String, by node: NodeRecord, now: Double) async throws -> Leave {
        try await database.write { database in
            guard var record = try Self.find(name, node.cluster, in: database),
                record.instanceID == node.instanceID
            else {
                throw Refusal.conflict(
                    "no-leave", "'\(node.instanceID)' has no leave for '\(name)'")
            }
            if record.doneAt == nil {
                record.doneAt = now
                try record.update(database)
                try AuditLog.add(
                    .init(
                        actor: node.name, action: "leave-done", subject: name,
                        detail: node.instanceID), at: now, in: database)
            }
            return Leave(
                granted: false,
                reason: "it was done by '\(node.instanceID)'")
        }
    }

    /// It may still run, or it ran long enough to have done what it had leave for.
    private static func mayHaveUsed(
        _ instanceID: String, in database: Database
    ) throws -> Bool {
        if try NodeRecord.fetchOne(database, key: instanceID)?.retiredAt == nil { return true }
        let goodBoots = try Int.fetchOne(
            database, sql: "SELECT COUNT(*) FROM boots WHERE instanceID = ? AND outcome != ?",
            arguments: [instanceID, BootReport.Outcome.failed.rawValue])
        return goodBoots != 0
    }

    private static func find(
        _ name: String, _ cluster: String, in database: Database
    ) throws -> Record? {
        try Record.fetchOne(database, key: ["cluster": cluster, "name": name])
    }
}
