internal import GRDB
internal import PanelAPI

/// Volumes on which making a file system was cut off. A volume is set aside only if its node said
/// beforehand what it was about to make there, and never that it had: nothing else was ever on it.
extension ClaimRepository {
    /// So many volumes a claim may leave behind before somebody has to look.
    static let maximumSetAside = 3
    static let maximumFoundLength = 500

    struct SetAside: Codable, Sendable, Equatable, FetchableRecord, PersistableRecord {
        static let databaseTableName = "setAside"

        var volumeID: String
        var claimID: String
        var found: String
        var at: Double
        var releasedAt: Double?
    }

    func setAside(claim id: String) async throws -> [SetAside] {
        try await database.read { try Self.aside(id, in: $0) }
    }

    /// The ids of all volumes that were set aside.
    func allSetAside() async throws -> Set<String> {
        try await database.read {
            try Set(String.fetchAll($0, sql: "SELECT volumeID FROM setAside"))
        }
    }

    func released(_ volumeID: String, now: Double) async throws {
        try await database.write { database in
            guard var aside = try SetAside.fetchOne(database, key: volumeID) else { return }
            aside.releasedAt = now
            try aside.update(database)
        }
    }

    /// The node is about to make a file system on its claim's volume.
    func beginFormat(
        _ intent: FormatIntent, claim id: String, by node: NodeRecord, now: Double
    ) async throws -> ClaimRecord {
        try await database.write { database in
            var record = try Self.owned(id, by: node, in: database)
            guard record.volumeID == intent.volumeID, record.firstUse,
                record.filesystemUUID == nil
            else {
                throw Refusal.conflict(
                    "not-first-use",
                    "'\(intent.volumeID)' is not this claim's volume on its first use")
            }
            guard record.format != intent else { return record }
            record.formatVolumeID = intent.volumeID
            record.formatType = intent.type
            record.formatUUID = intent.uuid
            try record.update(database)
            try AuditLog.add(
                .init(
                    actor: node.name, action: "format", subject: intent.volumeID,
                    detail: "about to make \(intent.type) \(intent.uuid) for \(record.mount)"),
                at: now, in: database)
            return record
        }
    }

    /// The claim goes on with a new volume; the old one is kept as it is.
    func setAside(
        _ request: SetAsideRequest, claim id: String, by node: NodeRecord, now: Double
    ) async throws -> ClaimRecord {
        try await database.write { database in
            var record = try Self.owned(id, by: node, in: database)
            let before = try Self.aside(id, in: database)
            // The same request again: its answer was lost.
            if before.contains(where: { $0.volumeID == request.volumeID }) { return record }
            guard record.format?.volumeID == request.volumeID, record.filesystemUUID == nil else {
                throw Refusal.conflict(
                    "not-half-made",
                    "no file system was begun on '\(request.volumeID)', or one was finished; "
                        + "look at it before anything writes to it")
            }
            guard before.count < Self.maximumSetAside else {
                throw Refusal.conflict(
                    "too-many-set-aside",
                    "\(before.count) volumes of this claim were set aside already; "
                        + "see why making file systems does not end")
            }
            let found = String(request.found.prefix(Self.maximumFoundLength))
            try SetAside(volumeID: request.volumeID, claimID: id, found: found, at: now)
                .insert(database)
            record.state = .creating
            record.volumeID = nil
            record.device = nil
            record.generation += 1
            record.firstUse = true
            record.stateAt = now
            try record.update(database)
            try AuditLog.add(
                .init(
                    actor: node.name, action: "set-aside", subject: request.volumeID,
                    detail: "for \(record.mount), a new volume follows: \(found)"),
                at: now, in: database)
            return record
        }
    }

    private static func aside(_ id: String, in database: Database) throws -> [SetAside] {
        try SetAside.fetchAll(
            database, sql: "SELECT * FROM setAside WHERE claimID = ? ORDER BY at", arguments: [id])
    }

    static func owned(
        _ id: String, by node: NodeRecord, in database: Database
    ) throws -> ClaimRecord {
        guard let record = try ClaimRecord.fetchOne(database, key: id),
            record.instanceID == node.instanceID
        else {
            throw Refusal.notFound("unknown-claim", "'\(node.name)' has no claim of this id")
        }
        return record
    }
}
