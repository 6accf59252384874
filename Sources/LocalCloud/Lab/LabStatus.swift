internal import AWS
internal import Host
internal import PanelAPI
internal import PanelClient
internal import Transfer

/// How a lab stands: what lives on this machine, and what EC2 and the panel say.
public struct LabStatus: Codable, Sendable, Equatable {
    public struct Node: Codable, Sendable, Equatable {
        public var name: String
        public var instance: String
        public var address: String
        /// EC2's word for its state.
        public var ec2: String
        /// The panel's word, `unknown` where it has none.
        public var panel: String
        public var isAlive: Bool
        /// How far its init is.
        public var phase: InitStatus.Phase?
        /// `vol-…` at `nvme1n1`.
        public var disks: [String]
    }

    public var state: String
    public var isolation: Isolation
    public var form: InstanceForm
    public var endpoints: Endpoints?
    /// Services by name, and whether each lives.
    public var services: [String: Bool]
    public var nodes: [Node]

    /// Reads it all. What does not answer is shown as unknown.
    public static func read(_ folder: StateFolder) async throws -> LabStatus {
        let lab = try folder.readLab()
        let tools = try Tools.locate(
            environment: ProcessEnvironment.current, withServices: false)
        let processes = OwnedProcesses(folder: folder, lab: lab, tools: tools)
        var services: [String: Bool] = [:]
        let names =
            (lab.isolation == .namespaces ? ["forward"] : []) + [
                StorageService.name, CloudService.name, PanelService.name, Hypervisor.name,
            ]
        for name in names { services[name] = try processes.isAlive(name) }
        if try processes.identity(LoadView.name) != nil {
            services[LoadView.name] = try processes.isAlive(LoadView.name)
        }
        let clients = try? LabClients(folder: folder)
        let ec2 = try? await clients?.ec2(.hypervisor).describeInstances()
        let panel = await view(clients)
        let store = InstanceStore(folder: folder)
        let nodes = try store.all().map { record in
            Node(
                name: record.name, instance: record.id, address: record.address,
                ec2: ec2?.first { $0.id == record.id }?.state.rawValue ?? "unknown",
                panel: panel?.nodes.first { $0.instanceID == record.id }?.state.rawValue
                    ?? "unknown",
                isAlive: try InstanceSite(
                    folder: folder, lab: lab, tools: tools, program: "", id: record.id
                ).instance.isAlive,
                phase: try store.status(record.id)?.phase,
                disks: record.disks.map { "\($0.volume) at \($0.node)" })
        }
        return LabStatus(
            state: folder.path, isolation: lab.isolation, form: lab.form,
            endpoints: clients?.endpoints, services: services,
            nodes: nodes.sorted { $0.name < $1.name })
    }

    private static func view(_ clients: LabClients?) async -> ClusterView? {
        guard let clients else { return nil }
        let panel = PanelClient(url: clients.endpoints.panel, transfer: clients.transfer)
        return try? await panel.clusterView(
            clients.lab.cluster, operatorToken: clients.secrets.panelToken)
    }
}
