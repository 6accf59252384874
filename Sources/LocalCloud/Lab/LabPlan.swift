internal import Host

/// What `howdah local up` is asked for.
public struct LabPlan: Sendable {
    public static let maximumSlaves = 32

    public var folder: StateFolder
    public var programs: Programs
    public var slaves: Int
    /// A folder of RPMs with their repodata, published before anything boots.
    public var repository: String?
    /// The public key that packages are signed with.
    public var key: String?
    /// The cluster file to bake, and the folder of stacks.
    public var clusterFile: String
    public var stacks: String
    /// The trees to boot from; nil: light instances, which have none.
    public var images: LabImages?
    /// As EC2 names them; it decides under which names volumes appear.
    public var instanceType: String
    /// Nil: it grows by hand alone.
    public var growth: LabGrowth?
    /// How long the nodes may take until all are up; nil: nobody waits for them.
    public var deadline: Duration?

    public init(
        folder: StateFolder, programs: Programs, slaves: Int, repository: String?, key: String?,
        clusterFile: String, stacks: String, images: LabImages? = nil,
        instanceType: String = "m5.large", growth: LabGrowth? = nil,
        deadline: Duration? = .seconds(240)
    ) {
        self.folder = folder
        self.programs = programs
        self.slaves = slaves
        self.repository = repository
        self.key = key
        self.clusterFile = clusterFile
        self.stacks = stacks
        self.images = images
        self.instanceType = instanceType
        self.growth = growth
        self.deadline = deadline
    }

    /// The nodes' names with their roles: a master, and slaves by number.
    var nodes: [(name: String, role: String)] {
        [("master", "master")] + (0..<slaves).map { ("slave-\($0 + 1)", "slave") }
    }

    /// What instances are told beside the baked file: on the loopback the settings that let daemons
    /// of several instances live side by side, `loopback.yaml` beside the cluster file.
    func userData(_ isolation: Isolation) throws -> [UInt8]? {
        guard isolation == .loopback else { return nil }
        let folder = clusterFile.lastIndex(of: "/").map { clusterFile[..<$0] } ?? "."
        return try Files().readIfPresent("\(folder)/loopback.yaml")
    }

    /// Whether all is there that it names, before anything of an earlier lab is touched.
    public func check() throws(LabError) {
        guard (0...Self.maximumSlaves).contains(slaves) else {
            throw LabError("a lab has 0 to \(Self.maximumSlaves) slaves, not \(slaves)")
        }
        if let growth, !(1...Self.maximumSlaves).contains(growth.maximum) || growth.threshold <= 0 {
            throw LabError(
                "a lab grows to 1 to \(Self.maximumSlaves) slaves above a load of more than 0")
        }
        try programs.check()
        let files = Files()
        let trees = images.map { [$0.master, $0.slave] } ?? []
        for path in [clusterFile, stacks] + [repository, key].compactMap({ $0 }) + trees
        where !files.exists(path) {
            throw LabError("'\(path)' is not there")
        }
    }
}
