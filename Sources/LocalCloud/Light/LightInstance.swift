internal import Glibc
internal import Host

/// The life of one light instance: a folder as its root, and processes in namespaces of their own,
/// or with a mark of their own.
struct LightInstance: Instance {
    static let endingSeconds = 15.0
    /// Tells howdah-node who is its first process where that is not process 1.
    static let firstProcessVariable = "HOWDAH_FIRST_PROCESS"

    let site: InstanceSite

    private var id: String { site.id }
    private var folder: StateFolder { site.folder }
    private var lab: Lab { site.lab }
    var root: String { folder.inside(InstanceStore.rootPath(id)) }

    func create(_ wanted: CloudView.Instance) async throws {
        let files = folder.files
        let base = InstanceStore.rootPath(id)
        for path in [
            "dev/disk/by-id", "sys/block", "etc", "root", "run", "tmp", "var/lib", "var/log",
        ] {
            try files.makeDirectory("\(base)/\(path)")
        }
        try files.write(
            HostsLink.firstLine(lab.isolation, machine: HostsLink.machineName()),
            to: "\(base)/etc/hosts")
        if files.isDirectory(StateFolder.image) {
            try await ProcessRunner().require(
                "cp", ["-a", folder.inside(StateFolder.image) + "/.", root])
        }
        try await site.network.makeInstance(id, address: wanted.address)
        try site.store.write(InstanceRecord(wanted))
    }

    var isAlive: Bool {
        get throws { try site.processes.isAlive(InstanceSite.initName(id)) }
    }

    func powerOn() async throws {
        let record = try record
        let name = InstanceSite.initName(id)
        if try !isAlive {
            try await site.processes.stop(name)
            try await endLeftovers()
            try writeInit(record)
            let command = initCommand
            try site.processes.start(
                name, command[0], Array(command.dropFirst()),
                namespace: lab.instanceNamespace(id), log: StateFolder.log(record.name))
        }
        try site.store.change(id) { $0.power = .on }
    }

    private var initCommand: [String] {
        let own = [
            site.program, "local", "init", "--config", folder.inside(InstanceStore.initPath(id)),
        ]
        guard lab.isolation == .namespaces else { return own }
        return [
            site.tools.unshare, "--mount", "--uts", "--pid", "--fork", "--kill-child=KILL",
            "--mount-proc", "--propagation", "private",
        ] + own
    }

    private func writeInit(_ record: InstanceRecord) throws {
        let mark = Mark.make(lab: lab.id, name: InstanceSite.initName(id))
        let configuration = InitConfiguration(
            isolation: lab.isolation, root: root, hostname: record.name,
            node: try nodeProgram(),
            launcher: lab.isolation.launcher(isRoot: geteuid() == 0, site.tools),
            marks: MarkedProcesses.marks(lab: lab.id, instance: id),
            environment: LightEnvironment(lab: lab, address: record.address, root: root)
                .variables(path: site.tools.path, mark: mark),
            status: folder.inside(InstanceStore.statusPath(id)))
        try folder.files.remove(InstanceStore.statusPath(id))
        try JSONFile.write(
            configuration, to: InstanceStore.initPath(id), in: folder.files, mode: 0o600)
    }

    /// Where howdah-node is.
    func nodeProgram() throws -> String {
        guard
            let path = try JSONFile.read(
                Programs.self, from: StateFolder.programs, in: folder.files)
        else { throw LabError("'\(folder.path)' does not say where howdah-node is") }
        return path.node
    }

    /// SIGTERM to its init, which is the same for a reboot: it is started again.
    func beginEnding(isReboot: Bool, now: Double) throws {
        try beginEnding(firstProcess(), by: SIGTERM, now: now)
    }

    /// Everything in the instance's process-id namespace ends with its first process; where it has
    /// none, all that has its mark is ended.
    func cutPower() async throws {
        firstProcess()?.signal(SIGKILL)
        try await site.processes.stop(InstanceSite.initName(id), grace: .zero)
        try await endLeftovers()
    }

    func endLeftovers() async throws {
        guard lab.isolation == .loopback else { return }
        try await MarkedProcesses(
            marks: MarkedProcesses.marks(lab: lab.id, instance: id)
        ).end()
    }

    func destroy() async throws {
        try await cutPower()
        try await site.destroy()
    }

    /// With namespaces the only child of unshare(1).
    func firstProcess() -> ProcessIdentity? {
        guard let outer = try? site.processes.identity(InstanceSite.initName(id)), outer.isAlive()
        else { return nil }
        if lab.isolation == .loopback { return outer }
        return ChildProcess.children(of: outer.pid).first
    }

    /// Whatever ended by itself stays as it is: init says no more of it.
    func end() -> PowerEnd? { nil }
}

/// Its volumes: names below its root folder, which are there whether it runs or not.
extension LightInstance {
    private func nodes(_ disk: InstanceRecord.Disk) -> DeviceNodes {
        DeviceNodes(
            devices: Files(root: root + "/dev"), blocks: Files(root: root + "/sys/block"),
            disk: disk)
    }

    func show(_ disk: InstanceRecord.Disk) async throws {
        let image = site.volume(disk.volume)
        switch lab.isolation {
        case .namespaces: try nodes(disk).make(.loop(try await image.loop.attach()))
        case .loopback: try nodes(disk).make(.file(image.path))
        }
    }

    func isShown(_ disk: InstanceRecord.Disk) -> Bool { true }

    func hide(_ disk: InstanceRecord.Disk) throws { try nodes(disk).remove() }
}

extension LightInstance {
    func command(_ words: [String], isTerminal: Bool) throws -> NodeCommandLine {
        let record = try record
        guard let first = firstProcess() else { throw LabError.powerless(record.name) }
        // Its packages' programs, then howdah-node, then the machine's.
        let node = try nodeProgram()
        let own =
            ["/usr/bin", "/usr/sbin"].map { root + $0 }
            + [String(node[..<(node.lastIndex(of: "/") ?? node.startIndex)])]
        var environment = LightEnvironment(lab: lab, address: record.address, root: root)
            .variables(
                path: (own + [site.tools.path]).joined(separator: ":"),
                mark: Mark.make(lab: lab.id, name: InstanceSite.execName(id))
            ).merging(["HOWDAH_ROOT": root, "TERM": ProcessEnvironment.terminal]) { $1 }
        var command: [String]
        switch lab.isolation {
        case .namespaces:
            command = [site.tools.nsenter, "--target", String(first.pid)]
            command += ["--mount", "--uts", "--net", "--pid", "--"]
        case .loopback:
            command = lab.isolation.launcher(isRoot: geteuid() == 0, site.tools)
            environment[Self.firstProcessVariable] = String(first.pid)
        }
        command += ["/usr/bin/env", "--chdir=\(root)"] + words
        return NodeCommandLine(command, environment: environment)
    }
}
