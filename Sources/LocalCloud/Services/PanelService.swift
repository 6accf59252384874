internal import Cluster
internal import Host

/// howdah-panel on SQLite, with EC2 keys of its own.
struct PanelService: Sendable {
    static let name = "panel"
    static let heartbeatSeconds = 2
    static let downAfterSeconds = 15
    static let deadline = Duration.seconds(60)

    let folder: StateFolder
    let lab: Lab
    let secrets: LabSecrets
    let tools: Tools
    let program: String

    private var base: String { "\(StateFolder.services)/panel" }

    /// What the panel makes instances of.
    struct Means: Sendable {
        /// The one that is baked into the instances.
        var clusterFile: String
        var subnet: String
        var instanceType: String
        var growth: LabGrowth?
    }

    /// Writes its settings, and makes the launch templates that they speak of as an administrator
    /// would, at EC2 as it is reached from here.
    func configure(_ means: Means, _ endpoints: Endpoints) async throws {
        let files = folder.files
        try files.makeDirectory(base, mode: 0o700)
        try files.write(secrets.panelToken, to: "\(base)/operator-token", mode: 0o600)
        try files.write(
            Self.configuration(lab, folder: folder.inside(base))
                + Self.hadoop(stack: Self.stack(means.clusterFile))
                + (lab.isolation == .namespaces ? Self.growing(lab, means) : ""),
            to: "\(base)/panel.yaml")
        let environment = ProcessEnvironment.current.merging(
            [
                "AWS_ACCESS_KEY_ID": secrets.operatorKey.id,
                "AWS_SECRET_ACCESS_KEY": secrets.operatorKey.secret,
                "AWS_REGION": lab.region, "AWS_ENDPOINT_URL_EC2": endpoints.ec2,
            ]) { $1 }
        try await ProcessRunner().require(
            program, ["templates", "--config", folder.inside("\(base)/panel.yaml")],
            environment: environment, deadline: Self.deadline)
    }

    /// On the loopback an instance needs settings that the panel does not give.
    private static func growing(_ lab: Lab, _ means: Means) -> String {
        let image = lab.images == nil ? LabImages.noneID : LabImages.id(role: "slave")
        return """
            maximum-nodes: \(LabPlan.maximumSlaves + 1)
            launch:
              slave:
                image: \(image)
                type: \(means.instanceType)
                profile: \(Lab.slaveRole)
                subnets: [\(means.subnet)]

            """ + (means.growth?.lines ?? "")
    }

    func start() throws {
        var environment = ProcessEnvironment.passed
        environment["AWS_ACCESS_KEY_ID"] = secrets.panelKey.id
        environment["AWS_SECRET_ACCESS_KEY"] = secrets.panelKey.secret
        environment["AWS_REGION"] = lab.region
        environment["AWS_ENDPOINT_URL_STS"] = lab.inside.s3
        environment["AWS_ENDPOINT_URL_EC2"] = lab.inside.ec2
        try OwnedProcesses(folder: folder, lab: lab, tools: tools).start(
            Self.name, program, ["serve", "--config", folder.inside("\(base)/panel.yaml")],
            environment: environment, namespace: lab.switchNamespace)
    }

    /// Nil where the cluster file is not right, which the instances' boot tells.
    private static func stack(_ clusterFile: String) -> String? {
        guard let text = try? Files().read(clusterFile) else { return nil }
        return try? ClusterFile.parse(text, file: clusterFile).stack
    }

    /// The pages of the NameNode, where the stack has one. Its daemons are root's.
    static func hadoop(stack: String?) -> String {
        let ports = ["hdfs-3": 9870, "hadoop-3": 9870, "hadoop-1": 50070]
        return stack.flatMap { ports[$0] }.map { "hadoop: {namenode: \($0), user: root}\n" } ?? ""
    }

    /// The network is the lab's own, and ends at loopback: no TLS, and no login for the page.
    static func configuration(_ lab: Lab, folder: String) -> String {
        """
        cluster: \(lab.cluster)
        listen: \(lab.serviceAddress):\(lab.ports.panel)
        plain-http: allowed
        page: open
        database: \(folder)/panel.sqlite
        operator-token-file: \(folder)/operator-token
        region: \(lab.region)
        account: "\(Lab.account)"
        roles:
          \(Lab.masterRole): master
          \(Lab.slaveRole): slave
        heartbeat-seconds: \(heartbeatSeconds)
        down-after-seconds: \(downAfterSeconds)

        """
    }
}
