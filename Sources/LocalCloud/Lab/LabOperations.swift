internal import AWS
internal import Glibc
internal import Host
public import PanelAPI
internal import PanelClient
internal import Transfer

/// What an operator does with the nodes of a running lab.
public struct LabOperations: Sendable {
    static let poll = Duration.milliseconds(100)

    let folder: StateFolder
    let store: InstanceStore

    public init(folder: StateFolder) {
        self.folder = folder
        store = InstanceStore(folder: folder)
    }

    /// A clean restart, or a hard one where the node does not answer in time.
    public func reboot(_ node: String, deadline: Duration = .seconds(90)) async throws {
        let record = try store.find(node)
        let before = try instance(record.id).firstProcess()
        try Requests(folder).reboot(record.id)
        try await wait("'\(node)' to restart", deadline) {
            guard try store.read(record.id).power == .on,
                let now = try instance(record.id).firstProcess()
            else { return false }
            return now != before
        }
    }

    public func stop(_ node: String, deadline: Duration = .seconds(90)) async throws {
        let record = try store.find(node)
        try await LabClients(folder: folder).ec2(.owner).stopInstances([record.id])
        try await wait("'\(node)' to stop", deadline) {
            try store.read(record.id).power == .off
        }
    }

    /// Starts a stopped node, and one without power that EC2 says runs.
    public func start(_ node: String, deadline: Duration = .seconds(60)) async throws {
        let record = try store.find(node)
        if record.power == .on, try !instance(record.id).isAlive {
            return try await reboot(node, deadline: deadline)
        }
        try await LabClients(folder: folder).ec2(.owner).startInstances([record.id])
        try await wait("'\(node)' to start", deadline) {
            try store.read(record.id).power == .on
        }
    }

    /// Adds a slave to a lab of booted containers, and comes back once it has power.
    public func launch(
        _ node: String, instanceType: String = "m5.large", deadline: Duration = .seconds(60)
    ) async throws {
        let clients = try LabClients(folder: folder)
        let records = try store.all()
        guard !records.contains(where: { $0.name == node }) else {
            throw LabError("there is a node '\(node)' already")
        }
        guard
            let cloud = try JSONFile.read(
                CloudSetup.Result.self, from: StateFolder.cloud, in: folder.files)
        else { throw LabError("'\(folder.path)' does not say which subnet the lab has") }
        guard clients.lab.isolation == .namespaces else {
            throw LabError("a slave can be added to a lab with namespaces only")
        }
        let ec2 = try clients.ec2(.owner)
        let launch = NodeLaunch(
            lab: clients.lab, subnet: cloud.subnet, instanceType: instanceType, userData: nil)
        try await launch.runOnce(node, role: "slave", ec2) { known in
            // EC2 may know of instances that the hypervisor has not seen yet.
            let taken = Set(try store.all().map(\.address) + known.compactMap(\.privateIPv4))
            return (Lab.firstHost...Lab.lastHost).filter {
                !taken.contains(clients.lab.address($0))
            }
        }
        try await wait("'\(node)' to have power", deadline) { try rootFolder(of: node) != nil }
    }

    /// Where this machine sees the root of a node that has power; nil for one that has none yet.
    public func rootFolder(of node: String) throws -> String? {
        guard let record = try store.all().first(where: { $0.name == node }) else { return nil }
        return try instance(record.id).firstProcess().map { "/proc/\($0.pid)/root" }
    }

    public func terminate(_ node: String, deadline: Duration = .seconds(60)) async throws {
        let record = try store.find(node)
        try await LabClients(folder: folder).ec2(.owner).terminateInstances([record.id])
        try await wait("'\(node)' to be gone", deadline) {
            try !store.all().contains { $0.id == record.id }
        }
    }

    /// Cuts a node's power: it stays dead until it is rebooted, and EC2 says that it runs.
    public func cutPower(_ node: String) async throws {
        let record = try store.find(node)
        let instance = try instance(record.id)
        guard instance.firstProcess() != nil else {
            throw LabError("'\(node)' has no power: it does not run")
        }
        try await instance.cutPower()
    }

    /// The command that runs `words` inside a node, with what its own programs have in their
    /// environment.
    public func command(
        in node: String, _ words: [String], isTerminal: Bool = false
    ) throws -> NodeCommandLine {
        try instance(store.find(node).id).command(words, isTerminal: isTerminal)
    }

    /// The cluster as the lab's panel sees it.
    public func view() async throws -> ClusterView {
        let clients = try LabClients(folder: folder)
        let panel = PanelClient(url: clients.endpoints.panel, transfer: clients.transfer)
        return try await panel.clusterView(
            clients.lab.cluster, operatorToken: clients.secrets.panelToken)
    }

    func instance(_ id: String) throws -> any Instance {
        let lab = try folder.readLab()
        let tools = try Tools.locate(
            environment: ProcessEnvironment.current, withServices: false)
        return InstanceSite(folder: folder, lab: lab, tools: tools, program: "", id: id).instance
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
