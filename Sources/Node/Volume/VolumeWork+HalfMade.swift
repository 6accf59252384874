internal import Host
internal import PanelAPI

/// A power cut in the middle of mkfs leaves a volume that is neither blank nor a file system. It is
/// never formatted again: it is kept as it is, and the claim goes on with a new volume.
extension VolumeWork {
    /// What is on the claim's volume, if that can only be what our own mkfs had written when it was
    /// cut off: we said that we would make one there, and never that we had.
    func halfMade(_ claim: VolumeClaim) async throws -> DeviceContent? {
        guard let format = claim.format, format.volumeID == claim.volumeID,
            claim.filesystemUUID == nil
        else { return nil }
        let disk = try await disk(format.volumeID, claim)
        switch try disk.content() {
        case .blank: return nil
        case .filesystem(let type, let uuid) where type == format.type && uuid == format.uuid:
            guard try DeviceProbe.isBeingMade(disk.device) else { return nil }
            return .filesystem(type: type, uuid: uuid)
        case .filesystem: return nil
        case let found: return found
        }
    }

    /// The claim, once it has a volume again.
    func replacement(
        for claim: VolumeClaim, _ found: DeviceContent
    ) async throws -> VolumeClaim {
        let volume = claim.volumeID ?? ""
        let next = try await panel.setAside(
            claim: claim.id,
            SetAsideRequest(
                volumeID: volume, found: "making its file system was cut off, it holds \(found)"))
        let settled = try await attached(next)
        guard settled.volumeID != volume else {
            throw VolumeError(
                "the panel gave '\(volume)' again, which it was asked to set aside; see its log")
        }
        return settled
    }
}
