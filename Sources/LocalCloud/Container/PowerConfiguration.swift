/// What `howdah local power` is told: `power.json` in the instance's folder.
struct PowerConfiguration: Codable, Sendable, Equatable {
    /// An attached volume and its loop device.
    struct Disk: Codable, Sendable, Equatable {
        var disk: InstanceRecord.Disk
        var loop: String
    }

    /// The instance's folder, an absolute path.
    var folder: String
    /// The tree that it boots from, which stays as it is.
    var image: String
    /// The loop device of its own disk.
    var device: String
    /// Unique on the machine.
    var machine: String
    var hostname: String
    /// 32 hexadecimal digits; stays the same for the instance's life, as its machine-id does.
    var uuid: String
    /// Name of its control groups.
    var groups: String
    var nspawn: String
    /// Of systemd-nspawn, none of which the instance sees.
    var environment: [String: String]
    /// Where its console goes.
    var console: String
    /// The folder in which lxcfs shows an instance its own load; nil where that does not run.
    var load: String?
    var seed: ContainerSeed
    var disks: [Disk]
}

/// Names in an instance's folder.
enum ContainerPaths {
    static let configuration = "/power.json"
    static let status = "/power-status.json"
    /// The sparse file that its own disk is.
    static let disk = "/root.img"
    /// What stands for /sys/block.
    static let blocks = "/block"
    /// Mount points, used in its own mount namespace alone.
    static let diskMount = "/disk"
    static let imageMount = "/image"
    static let root = "/mnt"
}

/// How far a power-on is, and how it ended: `power-status.json`, replaced with each change.
struct PowerStatus: Codable, Sendable, Equatable {
    /// The instance's first process, once there is one.
    var first: Int32?
    var firstStart: UInt64?
    var end: PowerEnd?
}
