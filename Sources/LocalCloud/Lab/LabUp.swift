internal import AWS
internal import Digests
internal import FoundationEssentials
internal import Host
public import PanelAPI
internal import PanelClient
internal import Transfer

/// Starts a lab: network, services, packages, panel, hypervisor, instances. Comes back when all
/// nodes are up.
public struct LabUp: Sendable {
    static let serviceDeadline = Duration.seconds(60)
    static let publishDeadline = Duration.seconds(300)

    let plan: LabPlan
    let say: @Sendable (String) -> Void
    let transfer = TransferClient()

    public init(plan: LabPlan, say: @escaping @Sendable (String) -> Void) {
        self.plan = plan
        self.say = say
    }

    private var folder: StateFolder { plan.folder }

    /// What a finished start tells.
    public struct Result: Codable, Sendable, Equatable {
        public struct Node: Codable, Sendable, Equatable {
            public var name: String
            public var instance: String
            public var address: String
            /// Of the boot, seconds; nil where the panel has no report.
            public var bootSeconds: Double?
            public var steps: [StepReport]
        }

        public var state: String
        public var endpoints: Endpoints
        /// From `RunInstances` until all were up.
        public var seconds: Double
        public var nodes: [Node]
    }

    public func run() async throws -> Result {
        try plan.check()
        let tools = try Tools.locate(environment: ProcessEnvironment.current)
        try folder.claim()
        guard let lock = try FileLock.take(StateFolder.labLock, in: folder.files) else {
            throw LabError("another 'howdah local' is at work on '\(folder.path)'; wait for it")
        }
        try await Teardown(folder: folder, say: say).clear()
        try folder.files.removeTree(StateFolder.logs)
        for name in [StateFolder.logs, StateFolder.services, StateFolder.requests] {
            try folder.files.makeDirectory(name, mode: 0o700)
        }
        let isolation = try Isolation.choose(try await .find(tools))
        say("apart by \(isolation.words)")
        if plan.images != nil, isolation != .namespaces {
            throw LabError("booted containers need namespaces of the network; give --light")
        }
        let lab = try Lab.fresh(isolation, images: plan.images)
        try JSONFile.write(lab, to: StateFolder.lab, in: folder.files)
        try JSONFile.write(plan.programs, to: StateFolder.programs, in: folder.files)
        let setup = try await services(lab, tools)
        let result = try await nodes(lab, setup)
        _ = consume lock
        return result
    }

    /// Network, S3 with STS, EC2, packages, panel and hypervisor.
    private func services(_ lab: Lab, _ tools: Tools) async throws -> CloudSetup.Result {
        var secrets = LabSecrets.fresh(random: RandomBytes.make)
        try save(secrets)
        let processes = OwnedProcesses(folder: folder, lab: lab, tools: tools)
        try await network(lab, processes)
        try StorageService(folder: folder, lab: lab, secrets: secrets, tools: tools).start()
        try CloudService(folder: folder, lab: lab, tools: tools).start()
        let endpoints = try await forwards(lab, processes)
        say("services: waiting for SeaweedFS (S3, STS) and moto (EC2)")
        try await ready(CloudService.name, endpoints.ec2 + "/moto-api/data.json", processes)
        let setup = try await CloudSetup(
            lab: lab, endpoint: endpoints.ec2, transfer: transfer
        ).run(&secrets)
        try save(secrets)
        try JSONFile.write(setup, to: StateFolder.cloud, in: folder.files)
        try await ready(StorageService.name, endpoints.s3 + "/", processes)
        try await publish(endpoints, secrets)
        if lab.form == .light { try LabImage(plan: plan, lab: lab).make() }
        let panel = PanelService(
            folder: folder, lab: lab, secrets: secrets, tools: tools,
            program: plan.programs.panel)
        try await panel.configure(
            .init(
                clusterFile: plan.clusterFile, subnet: setup.subnet,
                instanceType: plan.instanceType, growth: plan.growth), endpoints)
        try panel.start()
        try await ready(PanelService.name, endpoints.panel + "/healthz", processes)
        if lab.form == .container, try await !LoadView(processes).start() {
            say("load: lxcfs does not run here; instances see the machine's load and memory")
        }
        try processes.start(
            Hypervisor.name, plan.programs.howdah,
            ["local", "hypervisor", "--state", folder.path],
            environment: ProcessEnvironment.passed)
        say("services: all answer; the page is \(endpoints.panel)/")
        return setup
    }

    private func network(_ lab: Lab, _ processes: OwnedProcesses) async throws {
        switch lab.isolation {
        case .namespaces:
            say("network: \(lab.subnet) in the namespace \(lab.switchNamespace)")
            try await LabNetwork(folder: folder, lab: lab, tools: processes.tools).makeSwitch()
            try processes.start(
                "forward", plan.programs.howdah, ["local", "forward", "--state", folder.path],
                environment: ProcessEnvironment.passed)
        case .loopback:
            say("network: \(lab.subnet) of this machine's loopback")
            try JSONFile.write(lab.inside, to: StateFolder.forwards, in: folder.files)
        }
    }

    private func save(_ secrets: LabSecrets) throws {
        try JSONFile.write(secrets, to: StateFolder.secrets, in: folder.files, mode: 0o600)
    }

    private func ready(
        _ name: String, _ url: String, _ processes: OwnedProcesses
    ) async throws {
        try await Readiness(transfer: transfer).wait(
            for: name, url: url, deadline: Self.serviceDeadline,
            log: folder.inside(StateFolder.log(name))
        ) { try processes.isAlive(name) }
    }

    private func forwards(
        _ lab: Lab, _ processes: OwnedProcesses
    ) async throws -> Endpoints {
        if lab.isolation == .loopback { return try folder.readEndpoints() }
        let clock = ContinuousClock()
        let end = clock.now + Self.serviceDeadline
        while clock.now < end, try processes.isAlive("forward") {
            if folder.files.exists(StateFolder.forwards) { return try folder.readEndpoints() }
            try await clock.sleep(for: Readiness.pause)
        }
        let log = folder.inside(StateFolder.log("forward"))
        throw LabError("the forwarder did not start; its log is '\(log)'")
    }

    private func makeBucket() async throws {
        do {
            try await LabClients(folder: folder, transfer: transfer).s3().createBucket(Lab.bucket)
        } catch let error as ServiceError where error.status == 409 {
            // The lab is new: a first attempt made it, and its answer was lost.
        }
    }

    private func publish(_ endpoints: Endpoints, _ secrets: LabSecrets) async throws {
        try await makeBucket()
        guard let repository = plan.repository else { return }
        let target = "s3://\(Lab.bucket)/\(Lab.repository)"
        say("packages: publishing '\(repository)' to \(target)")
        let environment = ProcessEnvironment.current.merging(
            [
                "AWS_ACCESS_KEY_ID": secrets.storageAdmin.id,
                "AWS_SECRET_ACCESS_KEY": secrets.storageAdmin.secret,
                "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL_S3": endpoints.s3,
            ]) { $1 }
        try await ProcessRunner().require(
            plan.programs.howdah, ["repo", "publish", repository, target],
            environment: environment, deadline: Self.publishDeadline)
    }
}
