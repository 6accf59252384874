internal import PanelAPI

/// The steps of an operation on a volume. As those of a claim: EC2 is read, then at most one call
/// changes something, and the database has the intention before it.
struct CareSteps: Sendable {
    static let tag = "howdah:operation"
    /// How long EC2 may leave a new snapshot out of its answers (see `LaunchSteps`).
    static let settleSeconds = 60.0
    /// A first snapshot of a large volume takes hours.
    static let limitSeconds = 86_400.0

    let care: CareRepository
    let claims: ClaimRepository
    let nodes: NodeRepository
    let cloud: any Cloud
    let time: PanelTime

    /// The operation after one step; nil if there is nothing to do but wait. Throws what may pass.
    func step(_ record: CareRecord) async throws -> CareRecord? {
        guard time.now() - record.requestedAt < Self.limitSeconds else {
            return failed(record, "EC2 did not bring it to its end in a day")
        }
        do {
            guard let volume = try await cloud.volume(record.volumeID) else {
                return record.kind == .delete && record.snapshotID != nil
                    ? done(record) : failed(record, "EC2 does not know '\(record.volumeID)'")
            }
            guard volume.tags[Enroller.clusterTag] == record.cluster else {
                return failed(
                    record,
                    "the tag '\(Enroller.clusterTag)' of '\(volume.id)' is not "
                        + "'\(record.cluster)': it is not this panel's")
            }
            switch record.kind {
            case .detach: return try await detach(record, volume)
            case .snapshot: return try await copy(record, volume)
            case .delete: return try await delete(record, volume)
            }
        } catch let error as CloudError where !error.isTransient {
            return failed(record, error.description)
        }
    }

    /// Off every instance that it is on. One that runs may be writing: it keeps its volume.
    private func detach(_ record: CareRecord, _ volume: CloudVolume) async throws -> CareRecord? {
        guard let attachment = volume.attachments.first else { return done(record) }
        if attachment.state == "detaching" { return nil }
        // One that an answer of EC2 leaves out is not for that over.
        guard let instance = try await cloud.instances([attachment.instanceID]).first else {
            guard try await nodes.node(attachment.instanceID)?.retiredAt != nil else { return nil }
            try await cloud.detach(volume: volume.id, from: attachment.instanceID)
            return nil
        }
        guard CloudState.isGone(instance.state) else {
            return failed(
                record,
                "'\(attachment.instanceID)' is '\(instance.state)' and may be "
                    + "writing to it; stop or end it first")
        }
        try await cloud.detach(volume: volume.id, from: attachment.instanceID)
        return nil
    }

    private func copy(_ record: CareRecord, _ volume: CloudVolume) async throws -> CareRecord? {
        let found = try await cloud.snapshots(taggedWithOperation: record.id)
        guard found.count <= 1 else {
            let ids = found.map(\.id).sorted().joined(separator: "', '")
            return failed(record, "several snapshots carry the operation's tag: '\(ids)'")
        }
        guard let snapshot = found.first else { return try await ask(record, volume) }
        switch snapshot.state {
        case "completed":
            var next = record
            next.snapshotID = snapshot.id
            return record.kind == .snapshot ? done(next) : next
        case "error": return failed(record, "EC2 could not make the snapshot '\(snapshot.id)'")
        default: return nil
        }
    }

    private func ask(_ record: CareRecord, _ volume: CloudVolume) async throws -> CareRecord? {
        if let askedAt = record.askedAt, time.now() - askedAt < Self.settleSeconds { return nil }
        var asking = record
        asking.askedAt = time.now()
        try await care.update(asking, audit: nil, now: time.now())
        try await cloud.snapshot(
            volume: volume.id, description: "howdah \(record.cluster) \(volume.id)",
            tags: [Self.tag: record.id, Enroller.clusterTag: record.cluster])
        return nil
    }

    /// Only what no node has, and only once EC2 says that the copy is whole.
    private func delete(_ record: CareRecord, _ volume: CloudVolume) async throws -> CareRecord? {
        if volume.state == "deleting" || volume.state == "deleted" { return done(record) }
        if let attachment = volume.attachments.first {
            return failed(record, "it is on '\(attachment.instanceID)'; detach it first")
        }
        if let owner = try await owner(of: volume.id) {
            return failed(record, "'\(owner)' has it; end that node first")
        }
        guard record.snapshotID != nil else { return try await copy(record, volume) }
        let copies = try await cloud.snapshots(taggedWithOperation: record.id)
        guard copies.contains(where: { $0.id == record.snapshotID && $0.state == "completed" })
        else { return failed(record, "its snapshot '\(record.snapshotID ?? "")' is not whole") }
        try await cloud.delete(volume: volume.id)
        return nil
    }

    /// The node that has a volume and is not over.
    private func owner(of volumeID: String) async throws -> String? {
        for claim in try await claims.all() where claim.volumeID == volumeID {
            guard let node = try await nodes.node(claim.instanceID) else { continue }
            if node.retiredAt == nil { return node.name }
        }
        return nil
    }

    private func done(_ record: CareRecord) -> CareRecord {
        var next = record
        next.state = .done
        next.endedAt = time.now()
        return next
    }

    private func failed(_ record: CareRecord, _ reason: String) -> CareRecord {
        var next = record
        next.state = .failed
        next.problem = reason
        next.endedAt = time.now()
        return next
    }
}
