import Testing

@testable import LocalCloud

/// What the hypervisor decides, from what EC2 says and what there is.
@Suite struct DecisionTests {
    typealias Wanted = CloudView.Instance

    static func instance(_ state: Wanted.State, _ id: String = "i-1") -> Wanted {
        Wanted(id: id, state: state, address: "10.77.0.11", name: "master")
    }

    static func record(
        _ power: InstanceRecord.Power, disks: [InstanceRecord.Disk] = [], id: String = "i-1"
    ) -> InstanceRecord {
        var record = InstanceRecord(instance(.running, id))
        record.power = power
        record.disks = disks
        return record
    }

    static func here(
        _ records: [InstanceRecord], alive: Set<String> = [], images: Set<String> = [],
        requests: Set<String> = [], ends: [String: PowerEnd] = [:],
        hidden: [String: String] = [:]
    ) -> MachineView {
        MachineView(
            instances: records, alive: alive, ends: ends, hidden: hidden,
            metadataAlive: Set(records.map(\.id)), images: images, rebootRequests: requests)
    }

    @Test func `a machine that somebody else switches on gets all but power`() {
        var machine = Self.instance(.pending)
        machine.isMachine = true
        let wanted = CloudView(instances: [machine], volumes: [])
        #expect(
            Decision.actions(wanted: wanted, here: Self.here([]), now: 100)
                == [.create(machine), .startMetadata(instance: "i-1")])
        let made = Self.here([Self.record(.off)])
        #expect(Decision.actions(wanted: wanted, here: made, now: 100).isEmpty)
        machine.state = .terminated
        let ended = CloudView(instances: [machine], volumes: [])
        #expect(
            Decision.actions(wanted: ended, here: made, now: 100) == [.destroy(instance: "i-1")])
    }

    struct PowerCase: Sendable, CustomStringConvertible {
        var description: String
        var wanted: Wanted.State
        var power: InstanceRecord.Power
        var isAlive: Bool
        var isReboot = false
        var end: PowerEnd?
        var actions: [HypervisorAction]
    }

    static let powerCases: [PowerCase] = [
        .init(
            description: "a running one stays", wanted: .running, power: .on, isAlive: true,
            actions: []),
        .init(
            description: "one that died by itself stays dead", wanted: .running, power: .on,
            isAlive: false, actions: []),
        .init(
            description: "one that was lost stays dead", wanted: .running, power: .on,
            isAlive: false, end: .lost, actions: []),
        .init(
            description: "one that restarts itself gets power", wanted: .running, power: .on,
            isAlive: false, end: .reboot, actions: [.powerOn(instance: "i-1")]),
        .init(
            description: "one that switched itself off is stopped for ec2", wanted: .running,
            power: .on, isAlive: false, end: .off, actions: [.reportStopped(instance: "i-1")]),
        .init(
            description: "one that switched itself off is off once ec2 says so", wanted: .stopped,
            power: .on, isAlive: false, end: .off, actions: [.markOff(instance: "i-1")]),
        .init(
            description: "a reboot starts one that switched itself off", wanted: .running,
            power: .on, isAlive: false, isReboot: true, end: .off,
            actions: [.powerOn(instance: "i-1"), .clearRequest(instance: "i-1")]),
        .init(
            description: "a started one gets power", wanted: .pending, power: .off, isAlive: false,
            actions: [.powerOn(instance: "i-1")]),
        .init(
            description: "a reboot ends it first", wanted: .running, power: .on, isAlive: true,
            isReboot: true,
            actions: [.beginReboot(instance: "i-1"), .clearRequest(instance: "i-1")]),
        .init(
            description: "a reboot starts a dead one", wanted: .running, power: .on,
            isAlive: false, isReboot: true,
            actions: [.powerOn(instance: "i-1"), .clearRequest(instance: "i-1")]),
        .init(
            description: "one that ends is given time", wanted: .running,
            power: .ending(deadline: 101), isAlive: true, actions: []),
        .init(
            description: "one that does not end in time has its power cut", wanted: .stopped,
            power: .ending(deadline: 100), isAlive: true, actions: [.cutPower(instance: "i-1")]),
        .init(
            description: "one that ended for a reboot starts again", wanted: .running,
            power: .ending(deadline: 101), isAlive: false, actions: [.powerOn(instance: "i-1")]),
        .init(
            description: "a stop ends it", wanted: .stopping, power: .on, isAlive: true,
            actions: [.beginEnding(instance: "i-1")]),
        .init(
            description: "a stopped one is off", wanted: .stopped,
            power: .ending(deadline: 101), isAlive: false, actions: [.markOff(instance: "i-1")]),
        .init(
            description: "a dead one that is stopped is off", wanted: .stopped, power: .on,
            isAlive: false, actions: [.markOff(instance: "i-1")]),
        .init(
            description: "an off one stays off", wanted: .stopped, power: .off, isAlive: false,
            actions: []),
        .init(
            description: "a terminated one has its power cut", wanted: .terminated, power: .on,
            isAlive: true, actions: [.cutPower(instance: "i-1")]),
        .init(
            description: "a dead terminated one is removed", wanted: .shuttingDown, power: .on,
            isAlive: false, actions: [.destroy(instance: "i-1")]),
    ]

    @Test(arguments: powerCases) func `power follows what ec2 says`(row: PowerCase) {
        let wanted = CloudView(instances: [Self.instance(row.wanted)], volumes: [])
        let here = Self.here(
            [Self.record(row.power)], alive: row.isAlive ? ["i-1"] : [],
            requests: row.isReboot ? ["i-1"] : [], ends: row.end.map { ["i-1": $0] } ?? [:])
        #expect(Decision.actions(wanted: wanted, here: here, now: 100) == row.actions)
    }

    @Test func `a new instance is made, gets metadata and then power`() {
        let wanted = CloudView(
            instances: [Self.instance(.running), Self.instance(.stopped, "i-2")], volumes: [])
        #expect(
            Decision.actions(wanted: wanted, here: Self.here([]), now: 0) == [
                .create(Self.instance(.running)), .startMetadata(instance: "i-1"),
                .powerOn(instance: "i-1"),
            ])
    }

    @Test func `an instance that ec2 forgot is left alone`() {
        let here = Self.here([Self.record(.on)], alive: ["i-1"])
        let wanted = CloudView(instances: [], volumes: [])
        #expect(Decision.actions(wanted: wanted, here: here, now: 0).isEmpty)
    }

    @Test func `a metadata service that died is started again`() {
        var here = Self.here([Self.record(.on)], alive: ["i-1"])
        here.metadataAlive = []
        let wanted = CloudView(instances: [Self.instance(.running)], volumes: [])
        #expect(
            Decision.actions(wanted: wanted, here: here, now: 0)
                == [.startMetadata(instance: "i-1")])
    }
}

/// The same for volumes.
@Suite struct DiskDecisionTests {
    static let disk = InstanceRecord.Disk(
        volume: "vol-1", device: "/dev/sdf", node: "nvme1n1", sizeGiB: 2)

    static func volume(_ instances: [String], isDetaching: Bool = false) -> CloudView.Volume {
        CloudView.Volume(
            id: "vol-1", sizeGiB: 2,
            attachments: instances.map {
                .init(instance: $0, device: "/dev/sdf", isDetaching: isDetaching)
            })
    }

    static func actions(
        _ volumes: [CloudView.Volume], disks: [String: [InstanceRecord.Disk]] = [:],
        images: Set<String> = [], states: [CloudView.Instance.State] = [.running, .running]
    ) -> [HypervisorAction] {
        let instances = states.enumerated().map {
            DecisionTests.instance($0.element, "i-\($0.offset + 1)")
        }
        let records = instances.map {
            DecisionTests.record(.on, disks: disks[$0.id] ?? [], id: $0.id)
        }
        return Decision.actions(
            wanted: CloudView(instances: instances, volumes: volumes),
            here: DecisionTests.here(records, alive: ["i-1", "i-2"], images: images), now: 0)
    }

    @Test func `an attached volume appears`() {
        #expect(
            Self.actions([Self.volume(["i-1"])]) == [
                .attach(volume: "vol-1", sizeGiB: 2, instance: "i-1", device: "/dev/sdf")
            ])
    }

    @Test func `a root device of ec2's is no disk of ours`() {
        var volume = Self.volume(["i-1"])
        volume.attachments[0].device = "/dev/sda1"
        #expect(Self.actions([volume]).isEmpty)
    }

    @Test func `a volume that ec2 gives to two instances goes to the first alone`() {
        let both = Self.volume(["i-1", "i-2"])
        #expect(
            Self.actions([both]) == [
                .attach(volume: "vol-1", sizeGiB: 2, instance: "i-1", device: "/dev/sdf")
            ])
        #expect(Self.actions([both], disks: ["i-1": [Self.disk]]).isEmpty)
    }

    @Test(arguments: [[], [DiskDecisionTests.volume([])], [volume(["i-1"], isDetaching: true)]])
    func `a detached volume goes away, its image later`(volumes: [CloudView.Volume]) {
        let actions = Self.actions(volumes, disks: ["i-1": [Self.disk]], images: ["vol-1"])
        #expect(actions == [.detach(volume: "vol-1", instance: "i-1")])
    }

    @Test func `a volume that moves is taken from the old instance before the new one has it`() {
        let moved = Self.volume(["i-2"])
        let first = Self.actions([moved], disks: ["i-1": [Self.disk]])
        #expect(first == [.detach(volume: "vol-1", instance: "i-1")])
        #expect(
            Self.actions([moved]) == [
                .attach(volume: "vol-1", sizeGiB: 2, instance: "i-2", device: "/dev/sdf")
            ])
    }

    @Test func `an image is removed when its volume is deleted, and not before`() {
        #expect(Self.actions([Self.volume([])], images: ["vol-1"]).isEmpty)
        #expect(Self.actions([], images: ["vol-1"]) == [.deleteImage(volume: "vol-1")])
    }

    @Test func `a device that is not inside its instance is made again`() {
        let record = DecisionTests.record(.on, disks: [Self.disk])
        let wanted = CloudView(
            instances: [DecisionTests.instance(.running)], volumes: [Self.volume(["i-1"])])
        let here = DecisionTests.here([record], alive: ["i-1"], hidden: ["vol-1": "i-1"])
        #expect(
            Decision.actions(wanted: wanted, here: here, now: 0)
                == [.show(volume: "vol-1", instance: "i-1")])
        var detached = wanted
        detached.volumes = []
        #expect(
            Decision.actions(wanted: detached, here: here, now: 0)
                == [.detach(volume: "vol-1", instance: "i-1")])
    }

    @Test func `names of devices are reused from the lowest`() {
        var record = DecisionTests.record(.on)
        #expect(record.node(for: "/dev/sdf") == "nvme1n1")
        record.disks = ["nvme1n1", "nvme3n1"].map {
            .init(volume: "vol-\($0)", device: "/dev/sdf", node: $0, sizeGiB: 1)
        }
        #expect(record.node(for: "/dev/sdf") == "nvme2n1")
    }

    @Test(arguments: [
        ("t2.medium", "/dev/sdf", "xvdf"), ("t2.medium", "/dev/xvdg", "xvdg"),
        ("m4.large", "/dev/sdh1", "xvdh1"), ("m5.large", "/dev/sdf", "nvme1n1"),
        ("t3.micro", "/dev/sdf", "nvme1n1"), ("i3.metal", "/dev/sdf", "nvme1n1"),
    ])
    func `the instance type decides on the name`(type: String, device: String, node: String) {
        #expect(DeviceFamily(instanceType: type).node(device: device, taken: []) == node)
    }
}
