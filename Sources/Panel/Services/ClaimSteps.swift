internal import PanelAPI

/// The steps of a claim. Each reads what EC2 says, decides, and makes at most one call that changes
/// something; the database has the intention before the call, so that doing a step again after a
/// crash finds what the first try did.
struct ClaimSteps: Sendable {
    static let claimTag = "howdah:claim"
    static let setAsideTag = "howdah:set-aside"
    /// EC2's limit for a tag's value, characters.
    static let maximumTagLength = 255
    /// A volume can hang on an old instance for ten minutes; nothing takes longer.
    static let limitSeconds = 900.0
    /// How far EC2's clock may be behind ours.
    static let clockToleranceSeconds = 300.0

    let claims: ClaimRepository
    let nodes: NodeRepository
    let cloud: any Cloud
    let time: PanelTime

    /// The claim after one step; nil if there is nothing to do but wait. Throws what may pass.
    func step(_ record: ClaimRecord) async throws -> ClaimRecord? {
        guard time.now() - record.stateAt < Self.limitSeconds else {
            return failed(
                record,
                "EC2 did not bring it beyond '\(record.state.rawValue)' "
                    + "in \(Int(Self.limitSeconds)) s")
        }
        do {
            guard let volumeID = record.volumeID else { return try await findOrCreate(record) }
            guard let volume = try await cloud.volume(volumeID) else {
                return failed(record, "EC2 does not know '\(volumeID)'; launch a new instance")
            }
            return try await bring(record, volume)
        } catch let error as CloudError where !error.isTransient {
            return failed(record, error.description)
        }
    }

    /// The cloud may not heed ClientToken, so the tag is looked for before a volume is made.
    private func findOrCreate(_ record: ClaimRecord) async throws -> ClaimRecord {
        try await releaseSetAside(record)
        let aside = try await claims.setAside(claim: record.id).map(\.volumeID)
        let found = try await cloud.volumes(taggedWithClaim: record.id).filter {
            $0.state != "deleting" && $0.state != "deleted" && !aside.contains($0.id)
        }
        guard found.count <= 1 else {
            let ids = found.map(\.id).sorted().joined(separator: "', '")
            return failed(
                record, "several volumes carry the claim's tag: '\(ids)'; leave it on one")
        }
        let volume: CloudVolume =
            if let existing = found.first { existing } else {
                try await cloud.createVolume(
                    VolumeOrder(
                        claimID: record.id, token: "\(record.id)-\(record.generation)",
                        zone: record.zone, sizeGiB: record.sizeGiB,
                        type: record.type, tags: try await tags(for: record)))
            }
        var next = record
        next.volumeID = volume.id
        next.firstUse = record.firstUse && isFresh(volume, for: record)
        return next
    }

    /// Takes volumes that were set aside off the instance and says on them what they are. Nothing
    /// waits for it: the claim's new volume gets another device name.
    private func releaseSetAside(_ record: ClaimRecord) async throws {
        for aside in try await claims.setAside(claim: record.id) where aside.releasedAt == nil {
            try await cloud.tag(
                volume: aside.volumeID,
                [Self.setAsideTag: String(aside.found.prefix(Self.maximumTagLength))])
            let volume = try await cloud.volume(aside.volumeID)
            let isHere = { (attachment: CloudVolume.Attachment) in
                attachment.instanceID == record.instanceID && attachment.state != "detaching"
            }
            if let volume, volume.attachments.contains(where: isHere) {
                try await cloud.detach(volume: aside.volumeID, from: record.instanceID)
            }
            try await claims.released(aside.volumeID, now: time.now())
        }
    }

    private func tags(for record: ClaimRecord) async throws -> [String: String] {
        let node = try await nodes.node(record.instanceID)
        var tags = [Self.claimTag: record.id]
        tags[Enroller.clusterTag] = node?.cluster
        let words = [node?.cluster, node?.name ?? record.instanceID, record.mount]
        tags["Name"] = words.compactMap(\.self).joined(separator: " ")
        return tags
    }

    /// Made for this claim, from no snapshot, and on no other instance. One whose age EC2 does not
    /// tell may be older than the claim.
    private func isFresh(_ volume: CloudVolume, for record: ClaimRecord) -> Bool {
        let earliest = record.createdAt - Self.clockToleranceSeconds
        let isNew = volume.createdAt.map { $0 >= earliest } ?? false
        let isForeign = volume.attachments.contains { $0.instanceID != record.instanceID }
        return volume.snapshotID?.isEmpty != false && isNew && !isForeign
    }

    private func bring(_ record: ClaimRecord, _ volume: CloudVolume) async throws -> ClaimRecord? {
        if let other = volume.attachments.first(where: { $0.instanceID != record.instanceID }) {
            // EC2 takes a volume off an instance that ends; not before that may it go elsewhere.
            if try await nodes.node(other.instanceID)?.retiredAt != nil { return nil }
            return failed(
                record, "'\(volume.id)' is on '\(other.instanceID)'; detach it there first")
        }
        switch volume.state {
        case "creating": return nil
        case "available", "in-use": break
        default:
            return failed(record, "EC2 says that '\(volume.id)' is '\(volume.state)'")
        }
        guard record.state == .attaching, let device = record.device else {
            return try await chooseDevice(record, volume)
        }
        guard let attachment = volume.attachments.first else {
            try await cloud.attach(volume: volume.id, to: record.instanceID, device: device)
            return nil
        }
        guard attachment.state == "attached" else { return nil }
        var next = record
        next.state = .attached
        next.device = attachment.device
        next.stateAt = time.now()
        return next
    }

    /// Stores where the volume will go, before EC2 is asked.
    private func chooseDevice(
        _ record: ClaimRecord, _ volume: CloudVolume
    ) async throws -> ClaimRecord {
        let wasElsewhere = try await claims.noteAttachment(
            volume.id, to: record.instanceID, now: time.now())
        var next = record
        next.firstUse = record.firstUse && !wasElsewhere && isFresh(volume, for: record)
        next.state = .attaching
        next.stateAt = time.now()
        if let device = volume.attachments.first?.device ?? record.device {
            next.device = device
            return next
        }
        let inUse = try await cloud.volumes(attachedTo: record.instanceID)
            .flatMap(\.attachments).filter { $0.instanceID == record.instanceID }.map(\.device)
        let reserved = try await claims.all(of: record.instanceID)
            .filter { $0.id != record.id }.compactMap(\.device)
        guard let device = DeviceName.free(besides: inUse + reserved) else {
            return failed(record, "'\(record.instanceID)' has no free device name")
        }
        next.device = device
        return next
    }

    private func failed(_ record: ClaimRecord, _ reason: String) -> ClaimRecord {
        var next = record
        next.state = .failed
        next.error = reason
        next.stateAt = time.now()
        return next
    }
}
