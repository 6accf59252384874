internal import Glibc
internal import Host

/// The life of one light instance: a folder as its root, and processes in namespaces of their own,
/// or with a mark of their own.
struct LightInstance: Sendable {
    /// How long an instance has to end before it is killed.
    static let endingSeconds = 15.0
    /// Tells howdah-node who is its first process where that is not process 1.
    static let firstProcessVariable = "HOWDAH_FIRST_PROCESS"

    let folder: StateFolder
    let lab: Lab
    let tools: Tools
    /// `howdah` itself, which is init and metadata service too.
    let program: String
    let id: String

    private var processes: OwnedProcesses {
        OwnedProcesses(folder: folder, lab: lab, tools: tools)
    }
    private var store: InstanceStore { InstanceStore(folder: folder) }
    private var network: LabNetwork { LabNetwork(folder: folder, lab: lab, tools: tools) }
    var root: String { folder.inside(InstanceStore.rootPath(id)) }

    static func initName(_ id: String) -> String { "init/\(id)" }
    static func metadataName(_ id: String) -> String { "metadata/\(id)" }
    static func execName(_ id: String) -> String { "exec/\(id)" }

    /// Root folder and network; the record comes last and says that both are there.
    func create(name: String, address: String) async throws {
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
        try await network.makeInstance(id, address: address)
        try store.write(
            InstanceRecord(id: id, name: name, address: address, power: .off, disks: []))
    }

    func startMetadata() throws {
        try processes.start(
            Self.metadataName(id), program,
            ["local", "metadata", "--state", folder.path, "--instance", id],
            environment: ProcessEnvironment.passed,
            namespace: lab.instanceNamespace(id), log: StateFolder.log("metadata-\(id)"))
    }

    func powerOn() async throws {
        let record = try store.read(id)
        if try !processes.isAlive(Self.initName(id)) {
            try await processes.stop(Self.initName(id))
            try await endLeftovers()
            try writeInit(record)
            let command = initCommand
            try processes.start(
                Self.initName(id), command[0], Array(command.dropFirst()),
                namespace: lab.instanceNamespace(id), log: StateFolder.log(record.name))
        }
        try store.change(id) { $0.power = .on }
    }

    private var initCommand: [String] {
        let own = [
            program, "local", "init", "--config", folder.inside(InstanceStore.initPath(id)),
        ]
        guard lab.isolation == .namespaces else { return own }
        return [
            tools.unshare, "--mount", "--uts", "--pid", "--fork", "--kill-child=KILL",
            "--mount-proc", "--propagation", "private",
        ] + own
    }

    private func writeInit(_ record: InstanceRecord) throws {
        let mark = Mark.make(lab: lab.id, name: Self.initName(id))
        let configuration = InitConfiguration(
            isolation: lab.isolation, root: root, hostname: record.name,
            node: try nodeProgram(),
            launcher: lab.isolation.launcher(isRoot: geteuid() == 0, tools),
            marks: MarkedProcesses.marks(lab: lab.id, instance: id),
            environment: Self.environment(
                lab, address: record.address, root: root, path: tools.path, mark: mark),
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

    /// What the node's program, and so its daemons, find in their environment.
    static func environment(
        _ lab: Lab, address: String, root: String, path: String, mark: String
    ) -> [String: String] {
        var variables = [
            "AWS_ENDPOINT_URL_S3": lab.inside.s3, "AWS_ENDPOINT_URL_STS": lab.inside.s3,
            "AWS_REGION": lab.region, "HOWDAH_LIGHT": "1", "PATH": path, "LANG": "C.UTF-8",
            "HOME": root + "/root", Mark.variable: mark,
        ]
        if lab.isolation == .loopback {
            let metadata = "\(lab.metadataAddress(of: address)):\(lab.ports.metadata)"
            variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://\(metadata)"
            variables["HOWDAH_PLAIN_MOUNTS"] = "1"
        }
        variables["JAVA_HOME"] = ProcessEnvironment.current["JAVA_HOME"]
        return variables
    }

    func beginEnding(now: Double) throws {
        initProcess()?.signal(SIGTERM)
        try store.change(id) { $0.power = .ending(deadline: now + Self.endingSeconds) }
    }

    /// Cuts the power: everything in the instance's process-id namespace ends with its first
    /// process; where it has none, all that has its mark is ended.
    func kill() async throws {
        initProcess()?.signal(SIGKILL)
        try await processes.stop(Self.initName(id), grace: .zero)
        try await endLeftovers()
    }

    /// Ends what outlived the first process.
    func endLeftovers() async throws {
        guard lab.isolation == .loopback else { return }
        try await MarkedProcesses(
            marks: MarkedProcesses.marks(lab: lab.id, instance: id)
        ).end()
    }

    func markOff() async throws {
        try await processes.stop(Self.initName(id))
        try await endLeftovers()
        try store.change(id) { $0.power = .off }
    }

    func destroy() async throws {
        try await kill()
        try await processes.stop(Self.metadataName(id), grace: .seconds(2))
        for disk in try store.read(id).disks {
            try await VolumeImage(folder: folder, tools: tools, id: disk.volume).detachLoop()
        }
        try await network.removeInstance(id)
        try folder.files.removeTree(StateFolder.instance(id))
    }

    /// The instance's first process as this machine numbers it: with namespaces the only child of
    /// unshare(1).
    func initProcess() -> ProcessIdentity? {
        guard let outer = try? processes.identity(Self.initName(id)), outer.isAlive() else {
            return nil
        }
        if lab.isolation == .loopback { return outer }
        let path = "/\(outer.pid)/task/\(outer.pid)/children"
        guard let text = try? Files(root: "/proc").text(path),
            let pid = text.split(separator: " ").first.flatMap({ Int32($0) })
        else { return nil }
        return ProcessIdentity.of(pid: pid)
    }
}
