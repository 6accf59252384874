internal import Digests
internal import GRDB
internal import PanelAPI

/// Volumes that nodes asked for. What the worker is about to do stands here before it does it.
struct ClaimRepository: Sendable {
    let database: PanelDatabase

    /// The claim of a node's mount; a new one if there is none. One that failed is tried again,
    /// and one that was attached is looked at again: a volume may be taken away by hand.
    func claim(
        _ request: VolumeClaimRequest, for node: NodeRecord, id: String, now: Double
    ) async throws -> ClaimRecord {
        try await database.write { database in
            if var known = try Self.find(request.mount, of: node.instanceID, in: database) {
                try Self.reopen(&known, now: now, in: database)
                return known
            }
            let count = try ClaimRecord.fetchAll(
                database, sql: "SELECT * FROM claims WHERE instanceID = ?",
                arguments: [node.instanceID]
            ).count
            guard count < DeviceName.all.count else {
                throw Refusal.conflict(
                    "too-many-claims", "'\(node.name)' has \(count) volumes already")
            }
            var record = ClaimRecord(
                id: id, instanceID: node.instanceID, mount: request.mount,
                sizeGiB: request.sizeGiB, type: request.type, zone: node.zone, state: .creating,
                generation: 1, firstUse: true, createdAt: now, stateAt: now)
            if let offer = try CareRepository.take(
                for: node, mount: request.mount, now: now, in: database)
            {
                try Self.give(offer, to: &record, in: database)
            }
            try record.insert(database)
            try AuditLog.add(
                .init(
                    actor: node.name, action: "claim", subject: id,
                    detail: "\(request.sizeGiB) GiB \(request.type) for \(request.mount)"),
                at: now, in: database)
            return record
        }
    }

    /// What was on a volume stays: it is never first used again, and the generation goes up.
    private static func give(
        _ offer: OfferRecord, to record: inout ClaimRecord, in database: Database
    ) throws {
        let before = try ClaimRecord.fetchOne(
            database,
            sql: "SELECT * FROM claims WHERE volumeID = ? ORDER BY generation DESC LIMIT 1",
            arguments: [offer.volumeID])
        record.volumeID = offer.volumeID
        record.firstUse = false
        record.generation = (before?.generation ?? 0) + 1
        record.filesystemType = before?.filesystemType
        record.filesystemUUID = before?.filesystemUUID
    }

    private static func reopen(
        _ record: inout ClaimRecord, now: Double, in database: Database
    ) throws {
        guard !record.state.isPending else { return }
        record.state = record.volumeID == nil ? .creating : .attaching
        record.error = nil
        record.stateAt = now
        try record.update(database)
    }

    private static func find(
        _ mount: String, of instanceID: String, in database: Database
    ) throws -> ClaimRecord? {
        try ClaimRecord.fetchOne(database, key: ["instanceID": instanceID, "mount": mount])
    }

    /// A claim, for the node that made it alone.
    func claim(_ id: String, of node: NodeRecord) async throws -> ClaimRecord {
        let record = try await database.read { try ClaimRecord.fetchOne($0, key: id) }
        guard let record, record.instanceID == node.instanceID else {
            throw Refusal.notFound("unknown-claim", "'\(node.name)' has no claim of this id")
        }
        return record
    }

    func pending() async throws -> [ClaimRecord] {
        try await database.read { database in
            try ClaimRecord.fetchAll(
                database,
                sql: "SELECT * FROM claims WHERE state IN (?, ?) ORDER BY createdAt LIMIT ?",
                arguments: [
                    VolumeClaim.State.creating.rawValue, VolumeClaim.State.attaching.rawValue,
                    ClaimWorker.maximumPending,
                ])
        }
    }

    func all() async throws -> [ClaimRecord] {
        try await database.read { try ClaimRecord.fetchAll($0) }
    }

    /// As they are told, by instance.
    func views() async throws -> [String: [VolumeClaim]] {
        try await database.read { database in
            var views: [String: [VolumeClaim]] = [:]
            let records = try ClaimRecord.fetchCursor(database)
            while let record = try records.next() {
                views[record.instanceID, default: []].append(record.claim)
            }
            return views
        }
    }

    func all(of instanceID: String) async throws -> [ClaimRecord] {
        try await database.read { database in
            try ClaimRecord.fetchAll(
                database, sql: "SELECT * FROM claims WHERE instanceID = ?", arguments: [instanceID])
        }
    }

    /// Keeps what the worker changed, unless the node's report changed first use meanwhile: that is
    /// never set again. A step of an earlier generation changes nothing.
    func update(_ record: ClaimRecord, audit: AuditLog.Entry?, now: Double) async throws {
        try await database.write { database in
            guard var stored = try ClaimRecord.fetchOne(database, key: record.id),
                stored.generation == record.generation
            else { return }
            stored.state = record.state
            stored.volumeID = record.volumeID
            stored.device = record.device
            stored.firstUse = stored.firstUse && record.firstUse
            stored.error = record.error
            stored.stateAt = record.stateAt
            try stored.update(database)
            if let audit { try AuditLog.add(audit, at: now, in: database) }
        }
    }

    /// Notes that a volume is meant to go to an instance. True if it was ever meant for another.
    func noteAttachment(
        _ volumeID: String, to instanceID: String, now: Double
    ) async throws -> Bool {
        try await database.write { database in
            try database.execute(
                sql: """
                    INSERT INTO attachments (volumeID, instanceID, at) VALUES (?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [volumeID, instanceID, now])
            let others = try Int.fetchOne(
                database,
                sql: "SELECT COUNT(*) FROM attachments WHERE volumeID = ? AND instanceID != ?",
                arguments: [volumeID, instanceID])
            return others != 0
        }
    }

    /// The node made a file system: first use is over for ever.
    func reportFilesystem(
        _ report: FilesystemReport, claim id: String, by node: NodeRecord, now: Double
    ) async throws -> ClaimRecord {
        try await database.write { database in
            var record = try Self.owned(id, by: node, in: database)
            guard record.volumeID != nil else {
                throw Refusal.conflict("no-volume", "the claim has no volume yet")
            }
            if let known = record.filesystemUUID, known != report.uuid {
                throw Refusal.conflict(
                    "other-filesystem",
                    "the claim's file system is '\(known)', not '\(report.uuid)'; "
                        + "look at '\(record.volumeID ?? id)' before anything writes to it")
            }
            record.firstUse = false
            record.filesystemType = report.type
            record.filesystemUUID = report.uuid
            try record.update(database)
            try AuditLog.add(
                .init(
                    actor: node.name, action: "filesystem", subject: record.volumeID ?? id,
                    detail: "\(report.type) \(report.uuid) for \(record.mount)"),
                at: now, in: database)
            return record
        }
    }
}
