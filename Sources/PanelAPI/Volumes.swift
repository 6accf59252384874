/// `POST /v1/volumes/claims`: a node asks for the volume of one of its mounts. Asking again for the
/// same mount answers with the same claim.
public struct VolumeClaimRequest: Codable, Sendable, Equatable {
    /// Where it will be mounted; the claim's key within the node.
    public var mount: String
    public var sizeGiB: Int
    /// EBS volume type, such as `gp3`.
    public var type: String

    public init(mount: String, sizeGiB: Int, type: String) {
        self.mount = mount
        self.sizeGiB = sizeGiB
        self.type = type
    }
}

/// A volume on its way to a node. `GET /v1/volumes/claims/ID?wait=SECONDS` polls it.
public struct VolumeClaim: Codable, Sendable, Equatable {
    public enum State: String, Codable, Sendable, CaseIterable {
        case creating, attaching, attached, failed
    }

    public var id: String
    public var mount: String
    public var state: State
    /// Known once it was created.
    public var volumeID: String?
    /// The device name EC2 was asked for, such as `/dev/sdf`.
    public var device: String?
    public var generation: Int
    /// The volume was made for this claim, from no snapshot, was never attached before, and no file
    /// system was reported on it: the only state in which it may be formatted.
    public var firstUse: Bool
    /// UUID of the file system that the node reported, if it did.
    public var filesystemUUID: String?
    /// What the node said that it was about to make on this volume, before it began.
    public var format: FormatIntent?
    /// Why it failed, in words.
    public var error: String?

    public init(
        id: String, mount: String, state: State, volumeID: String?, device: String?,
        generation: Int, firstUse: Bool, filesystemUUID: String?, format: FormatIntent? = nil,
        error: String?
    ) {
        self.id = id
        self.mount = mount
        self.state = state
        self.volumeID = volumeID
        self.device = device
        self.generation = generation
        self.firstUse = firstUse
        self.filesystemUUID = filesystemUUID
        self.format = format
        self.error = error
    }
}

/// `POST /v1/volumes/claims/ID/filesystem`: the node made this file system; ends first use.
public struct FilesystemReport: Codable, Sendable, Equatable {
    public var type: String
    public var uuid: String

    public init(type: String, uuid: String) {
        self.type = type
        self.uuid = uuid
    }
}

/// `POST /v1/volumes/claims/ID/format`: the node is about to make this file system on a volume that
/// it has proven blank. What a power cut in the middle leaves is known by it.
public struct FormatIntent: Codable, Sendable, Equatable {
    public var volumeID: String
    public var type: String
    public var uuid: String

    public init(volumeID: String, type: String, uuid: String) {
        self.volumeID = volumeID
        self.type = type
        self.uuid = uuid
    }
}

/// `POST /v1/volumes/claims/ID/set-aside`: making the file system was cut off, so that the volume
/// is neither blank nor usable. It is kept as it is, and the claim gets a new one. Refused unless
/// the panel has the intent and no file system was ever reported.
public struct SetAsideRequest: Codable, Sendable, Equatable {
    public var volumeID: String
    /// What is on it, in words.
    public var found: String

    public init(volumeID: String, found: String) {
        self.volumeID = volumeID
        self.found = found
    }
}
