/// What there is of an instance on this machine, kept in its folder.
struct InstanceRecord: Codable, Sendable, Equatable {
    enum Power: Codable, Sendable, Equatable {
        case off
        case on
        /// Asked to end, and killed after `deadline` (monotonic seconds since the machine's start).
        case ending(deadline: Double)
    }

    struct Disk: Codable, Sendable, Equatable {
        var volume: String
        /// EC2's name for it.
        var device: String
        /// Its name inside, such as `nvme1n1`.
        var node: String
        var sizeGiB: Int
    }

    var id: String
    var name: String
    var address: String
    /// EC2's name for what it boots from, such as `ami-00000000`.
    var image: String
    /// Such as `m5.large`.
    var type: String
    var power: Power
    var disks: [Disk]

    /// A new one.
    init(_ wanted: CloudView.Instance) {
        id = wanted.id
        name = wanted.name
        address = wanted.address
        image = wanted.image
        type = wanted.type
        power = .off
        disks = []
    }

    /// The name that a volume gets which is attached as `device`.
    func node(for device: String) -> String {
        DeviceFamily(instanceType: type).node(device: device, taken: Set(disks.map(\.node)))
    }
}

/// What there is on this machine: the records, and what of them lives.
struct MachineView: Sendable, Equatable {
    var instances: [InstanceRecord]
    /// Ids of instances whose first process lives.
    var alive: Set<String>
    /// How those ended that did so by themselves, by id.
    var ends: [String: PowerEnd] = [:]
    /// Attached volumes whose device is not inside their instance, though that lives: by volume.
    var hidden: [String: String] = [:]
    /// Ids of instances whose metadata service lives.
    var metadataAlive: Set<String>
    /// Ids of volumes that have an image file.
    var images: Set<String>
    /// Ids of instances that an operator wants to start again.
    var rebootRequests: Set<String>
}
