internal import Glibc
internal import Host

/// The life of one instance as a systemd container: it boots its own systemd from an image's tree,
/// with a disk of its own above it.
struct ContainerInstance: Instance {
    /// A DataNode may take its time; EC2 waits some minutes.
    static let endingSeconds = 45.0
    /// The disk that the overlay's upper layer is on; sparse.
    static let diskGiB = 8

    let site: InstanceSite

    var folder: String { site.folder.inside(StateFolder.instance(site.id)) }
    private var disk: LoopImage {
        LoopImage(
            folder: site.folder, tools: site.tools,
            name: StateFolder.instance(site.id) + ContainerPaths.disk,
            entryID: "loop/root/\(site.id)")
    }
    var groups: ControlGroups { ControlGroups(name: "howdah-\(site.lab.id)-\(site.id)") }

    func create(_ wanted: CloudView.Instance) async throws {
        guard let make = site.tools.makeXFS else {
            throw LabError("'mkfs.xfs' is not there (Debian's xfsprogs)")
        }
        let files = Files(root: folder)
        for name in [
            ContainerPaths.diskMount, ContainerPaths.imageMount, ContainerPaths.root,
            ContainerPaths.blocks,
        ] {
            try files.makeDirectory(name)
        }
        // One that a killed attempt left is made anew: nothing has run from it.
        try await disk.delete()
        try disk.make(sizeGiB: Self.diskGiB)
        try await ProcessRunner().require(make, ["-q", disk.path])
        try await site.network.makeInstance(site.id, address: wanted.address)
        try site.store.write(InstanceRecord(wanted))
    }

    func powerOn() async throws {
        let record = try record
        let name = InstanceSite.initName(site.id)
        if try !isAlive {
            try await site.processes.stop(name, grace: .zero)
            try await endLeftovers()
            let configuration = try await configuration(record)
            let files = Files(root: folder)
            try files.remove(ContainerPaths.status)
            try JSONFile.write(
                configuration, to: ContainerPaths.configuration, in: files, mode: 0o600)
            try Ledger(site.folder).record(
                LedgerEntry(id: groupEntry, thing: .controlGroups(name: groups.name)))
            let command = try command()
            try site.processes.start(
                name, command[0], Array(command.dropFirst()),
                namespace: site.lab.instanceNamespace(site.id), log: StateFolder.log(record.name))
        }
        try site.store.change(site.id) { $0.power = .on }
    }

    private var groupEntry: String { "groups/\(site.id)" }

    /// In a mount namespace of its own, so that none of its mounts is ever the machine's; below
    /// that of lxcfs, where its folder is mounted.
    private func command() throws -> [String] {
        let load = try LoadView(site.processes).namespace.map {
            [site.tools.nsenter, "--mount=\($0)", "--"]
        }
        return (load ?? []) + [
            site.tools.unshare, "--mount", "--propagation", "private", site.program, "local",
            "power", "--config", folder + ContainerPaths.configuration,
        ]
    }

    private func configuration(_ record: InstanceRecord) async throws -> PowerConfiguration {
        guard let nspawn = site.tools.nspawn else {
            throw LabError("'systemd-nspawn' is not there (Debian's systemd-container)")
        }
        guard let image = site.lab.images?.tree(record.image) else {
            throw LabError("the lab has no image '\(record.image)'")
        }
        var disks: [PowerConfiguration.Disk] = []
        for disk in record.disks {
            disks.append(.init(disk: disk, loop: try await site.volume(disk.volume).loop.attach()))
        }
        return PowerConfiguration(
            folder: folder, image: image, device: try await disk.attach(), machine: groups.name,
            hostname: MetadataFacts.hostLabel(record.address), uuid: Self.uuid(site.id),
            groups: groups.name, nspawn: nspawn,
            environment: [
                "PATH": site.tools.path, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1",
                "SYSTEMD_LOG_LEVEL": "notice",
                Mark.variable: Mark.make(lab: site.lab.id, name: InstanceSite.initName(site.id)),
            ],
            console: site.folder.inside(StateFolder.log(record.name)),
            load: try LoadView(site.processes).folder, seed: ContainerSeed(site.lab), disks: disks)
    }

    /// EC2's begin with `ec2`, too ("Detect whether a host is an EC2 instance" in its user guide).
    static func uuid(_ id: String) -> String {
        let digits = "ec2" + id.filter { $0.isHexDigit }.lowercased()
        return String((digits + String(repeating: "0", count: 32)).prefix(32))
    }

    var isAlive: Bool {
        get throws {
            try site.processes.isAlive(InstanceSite.initName(site.id)) || firstProcess() != nil
        }
    }

    var status: PowerStatus? {
        get throws {
            try JSONFile.read(
                PowerStatus.self, from: ContainerPaths.status, in: Files(root: folder))
        }
    }

    func firstProcess() -> ProcessIdentity? {
        guard let status = try? status, let pid = status.first, let start = status.firstStart
        else { return nil }
        let first = ProcessIdentity(pid: pid, startTime: start)
        return first.isAlive() ? first : nil
    }

    func end() throws -> PowerEnd? { try status?.end }

    /// What systemd does at these signals (systemd(1)): start reboot.target, start poweroff.target.
    func beginEnding(isReboot: Bool, now: Double) throws {
        let signal = __libc_current_sigrtmin() + (isReboot ? 5 : 4)
        try beginEnding(firstProcess(), by: signal, now: now)
    }

    func cutPower() async throws {
        var failure: (any Error)?
        if let first = firstProcess() {
            do {
                try await takePower(first)
            } catch {
                failure = error
            }
            // It ends whatever became of its disks: nobody would thaw a frozen one.
            first.signal(SIGKILL)
            groups.thaw()
        }
        try await site.processes.stop(InstanceSite.initName(site.id), grace: .zero)
        try await endLeftovers()
        if let failure { throw failure }
    }

    private func takePower(_ first: ProcessIdentity) async throws {
        let images = try [disk.path] + record.disks.map { site.volume($0.volume).path }
        var loops: [String] = []
        for image in images {
            loops += try await LoopImage.devices(image: image, tools: site.tools)
        }
        let outer = try site.processes.identity(InstanceSite.initName(site.id))
        let cut = PowerCut(first: first, outer: outer, folder: folder, loops: loops)
        try await groups.freeze()
        try cut.shutDisksDown()
    }

    func endLeftovers() async throws {
        try await groups.end()
        try Ledger(site.folder).erase(groupEntry)
    }

    func destroy() async throws {
        try await cutPower()
        try await disk.detach()
        try await site.destroy()
    }
}
