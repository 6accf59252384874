internal import GRDB
internal import PanelAPI

/// A claim as it is stored, before each EC2 call that it leads to.
struct ClaimRecord: Codable, Sendable, Equatable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "claims"

    var id: String
    var instanceID: String
    var mount: String
    var sizeGiB: Int
    var type: String
    /// The instance's availability zone, where the volume must be made.
    var zone: String
    var state: VolumeClaim.State
    var volumeID: String?
    var device: String?
    var generation: Int
    var firstUse: Bool
    var filesystemType: String?
    var filesystemUUID: String?
    /// What the node was about to make, and on which volume.
    var formatVolumeID: String?
    var formatType: String?
    var formatUUID: String?
    var error: String?
    var createdAt: Double
    /// When it came into its state.
    var stateAt: Double

    var claim: VolumeClaim {
        VolumeClaim(
            id: id, mount: mount, state: state, volumeID: volumeID, device: device,
            generation: generation, firstUse: firstUse, filesystemUUID: filesystemUUID,
            format: format, error: error)
    }

    /// The intent for the volume that the claim has now.
    var format: FormatIntent? {
        guard let volume = formatVolumeID, volume == volumeID, let formatType, let formatUUID
        else { return nil }
        return FormatIntent(volumeID: volume, type: formatType, uuid: formatUUID)
    }
}

extension VolumeClaim.State {
    /// The worker has something to do.
    var isPending: Bool { self == .creating || self == .attaching }
}
