internal import AWS
internal import Glibc
internal import Host
public import PanelAPI
internal import PanelClient
internal import Transfer

/// What an operator does with the nodes of a running lab.
public struct LabOperations: Sendable {
    static let poll = Duration.milliseconds(100)

    private let folder: StateFolder
    private let store: InstanceStore

    public init(folder: StateFolder) {
        self.folder = folder
        store = InstanceStore(folder: folder)
    }

    public func reboot(_ node: String, deadline: Duration = .seconds(60)) async throws {
        let record = try store.find(node)
        let before = try instance(record.id).initProcess()
        try Requests(folder).reboot(record.id)
        try await wait("'\(node)' to restart", deadline) {
            guard try store.read(record.id).power == .on,
                let now = try instance(record.id).initProcess()
            else { return false }
            return now != before
        }
    }

    public func stop(_ node: String, deadline: Duration = .seconds(60)) async throws {
        let record = try store.find(node)
        try await LabClients(folder: folder).ec2(.owner).stopInstances([record.id])
        try await wait("'\(node)' to stop", deadline) {
            try store.read(record.id).power == .off
        }
    }

    public func start(_ node: String, deadline: Duration = .seconds(60)) async throws {
        let record = try store.find(node)
        try await LabClients(folder: folder).ec2(.owner).startInstances([record.id])
        try await wait("'\(node)' to start", deadline) {
            try store.read(record.id).power == .on
        }
    }

    public func terminate(_ node: String, deadline: Duration = .seconds(60)) async throws {
        let record = try store.find(node)
        try await LabClients(folder: folder).ec2(.owner).terminateInstances([record.id])
        try await wait("'\(node)' to be gone", deadline) {
            try !store.all().contains { $0.id == record.id }
        }
    }

    /// Cuts a node's power: it stays dead until it is rebooted, and EC2 says that it runs.
    public func kill(_ node: String, deadline: Duration = .seconds(20)) async throws {
        let record = try store.find(node)
        guard let first = try instance(record.id).initProcess(), first.signal(SIGKILL) else {
            throw LabError("'\(node)' has no power: it does not run")
        }
        try await wait("'\(node)' to be dead", deadline) { !first.isAlive() }
        try await instance(record.id).endLeftovers()
    }

    /// The command that runs `words` inside a node, with what its own programs have in their
    /// environment.
    public func command(
        in node: String, _ words: [String]
    ) throws -> (executable: String, arguments: [String], environment: [String: String]) {
        let record = try store.find(node)
        let lab = try folder.readLab()
        let instance = try instance(record.id)
        guard let first = instance.initProcess() else {
            throw LabError("'\(node)' does not run; 'howdah local reboot \(node)' starts it")
        }
        let tools = try Tools.locate(
            environment: ProcessEnvironment.current, withServices: false)
        // Its packages' programs, then howdah-node, then the machine's.
        let node = try instance.nodeProgram()
        let own =
            ["/usr/bin", "/usr/sbin"].map { instance.root + $0 }
            + [String(node[..<(node.lastIndex(of: "/") ?? node.startIndex)])]
        var environment = LightInstance.environment(
            lab, address: record.address, root: instance.root,
            path: (own + [tools.path]).joined(separator: ":"),
            mark: Mark.make(lab: lab.id, name: LightInstance.execName(record.id))
        ).merging(["HOWDAH_ROOT": instance.root, "TERM": ProcessEnvironment.terminal]) { $1 }
        var command: [String]
        switch lab.isolation {
        case .namespaces:
            command = [tools.nsenter, "--target", String(first.pid)]
            command += ["--mount", "--uts", "--net", "--pid", "--"]
        case .loopback:
            command = lab.isolation.launcher(isRoot: geteuid() == 0, tools)
            environment[LightInstance.firstProcessVariable] = String(first.pid)
        }
        command += ["/usr/bin/env", "--chdir=\(instance.root)"] + words
        return (command[0], Array(command.dropFirst()), environment)
    }

    /// The cluster as the lab's panel sees it.
    public func view() async throws -> ClusterView {
        let clients = try LabClients(folder: folder)
        let panel = PanelClient(url: clients.endpoints.panel, transfer: clients.transfer)
        return try await panel.clusterView(
            clients.lab.cluster, operatorToken: clients.secrets.panelToken)
    }

    /// Where the words of a node, or of a service, are.
    public func log(_ name: String) throws -> String {
        let path = StateFolder.log(name)
        if folder.files.exists(path) { return folder.inside(path) }
        let record = try store.find(name)
        return folder.inside(StateFolder.log(record.name))
    }

    private func instance(_ id: String) throws -> LightInstance {
        let lab = try folder.readLab()
        let tools = try Tools.locate(
            environment: ProcessEnvironment.current, withServices: false)
        return LightInstance(folder: folder, lab: lab, tools: tools, program: "", id: id)
    }

    private func wait(
        _ what: String, _ deadline: Duration, _ isDone: () throws -> Bool
    ) async throws {
        let clock = ContinuousClock()
        let end = clock.now + deadline
        while try !isDone() {
            guard clock.now < end else {
                let log = folder.inside(StateFolder.log(Hypervisor.name))
                throw LabError("waited \(deadline) for \(what); the hypervisor's log is '\(log)'")
            }
            try await clock.sleep(for: Self.poll)
        }
    }
}
