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
    }

    var id: String
    var name: String
    var address: String
    var power: Power
    var disks: [Disk]

    /// The first free name. Names are given in the order of attachment, as Nitro does.
    func freeNode() -> String {
        let taken = Set(disks.map(\.node))
        var number = 1
        while taken.contains("nvme\(number)n1") { number += 1 }
        return "nvme\(number)n1"
    }
}

/// What there is on this machine: the records, and what of them lives.
struct MachineView: Sendable, Equatable {
    var instances: [InstanceRecord]
    /// Ids of instances whose first process lives.
    var alive: Set<String>
    /// Ids of instances whose metadata service lives.
    var metadataAlive: Set<String>
    /// Ids of volumes that have an image file.
    var images: Set<String>
    /// Ids of instances that an operator wants to start again.
    var rebootRequests: Set<String>
}
