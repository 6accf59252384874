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

extension ClaimRecord {
    /// The table's columns in their order, as the migrations made it.
    static let columns = [
        "id", "instanceID", "mount", "sizeGiB", "type", "zone", "state", "volumeID", "device",
        "generation", "firstUse", "filesystemType", "filesystemUUID", "error", "createdAt",
        "stateAt", "formatVolumeID", "formatType", "formatUUID",
    ]

    /// By the columns' places, which `*` begins with, as a node is read.
    init(row: Row) throws {
        guard let state = VolumeClaim.State(rawValue: row[6]) else {
            throw DatabaseError(message: "a claim is in an unknown state")
        }
        self.init(
            id: row[0], instanceID: row[1], mount: row[2], sizeGiB: row[3], type: row[4],
            zone: row[5], state: state, volumeID: row[7], device: row[8], generation: row[9],
            firstUse: row[10], filesystemType: row[11], filesystemUUID: row[12],
            formatVolumeID: row[16], formatType: row[17], formatUUID: row[18], error: row[13],
            createdAt: row[14], stateAt: row[15])
    }
}

extension VolumeClaim.State {
    /// The worker has something to do.
    var isPending: Bool { self == .creating || self == .attaching }
}
