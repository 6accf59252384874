internal import Host

/// Where an instance lives: the lab, its tools, and the instance's folder, network and processes.
struct InstanceSite: Sendable {
    let folder: StateFolder
    let lab: Lab
    let tools: Tools
    /// `howdah` itself, which is init and metadata service too.
    let program: String
    let id: String

    var processes: OwnedProcesses { OwnedProcesses(folder: folder, lab: lab, tools: tools) }
    var store: InstanceStore { InstanceStore(folder: folder) }
    var network: LabNetwork { LabNetwork(folder: folder, lab: lab, tools: tools) }

    /// The instance's first process, or what started it.
    static func initName(_ id: String) -> String { "init/\(id)" }
    static func metadataName(_ id: String) -> String { "metadata/\(id)" }
    static func execName(_ id: String) -> String { "exec/\(id)" }

    /// In the form that the lab's instances have.
    var instance: any Instance {
        switch lab.form {
        case .light: LightInstance(site: self)
        case .container: ContainerInstance(site: self)
        }
    }

    func volume(_ id: String) -> VolumeImage {
        VolumeImage(folder: folder, tools: tools, id: id)
    }

    func startMetadata() throws {
        try processes.start(
            Self.metadataName(id), program,
            ["local", "metadata", "--state", folder.path, "--instance", id],
            environment: ProcessEnvironment.passed,
            namespace: lab.instanceNamespace(id), log: StateFolder.log("metadata-\(id)"))
    }

    /// All that every form has, once its processes are gone.
    func destroy() async throws {
        try await processes.stop(Self.metadataName(id), grace: .seconds(2))
        for disk in try store.read(id).disks { try await volume(disk.volume).detachLoop() }
        try await network.removeInstance(id)
        try folder.files.removeTree(StateFolder.instance(id))
    }
}
