import AWS
import Cluster
import FoundationEssentials
import Host
import PanelAPI
import PanelClient
import Support
import Testing
import Transfer

@testable import Node

/// A slave with a stack of its own below a temporary root: one folder, one file, one preparation,
/// and one daemon that is a real small web server.
struct BootLab: Sendable {
    static let address = "10.77.0.3"
    static let master = MasterRecord(
        instanceID: "i-0master", address: "10.77.0.2", hostname: "ip-10-77-0-2", generation: 1)
    static let panelURL = "https://panel.example.com:8443"

    let paths: HostPaths
    let port: UInt16

    /// Ends the daemons that were started afterwards, whatever `body` did.
    static func with(
        root: String? = nil, packages: [String] = [], storage: [String] = [],
        repository: String = "file:///nowhere", _ body: (BootLab) async throws -> Void
    ) async throws {
        guard let root else {
            return try await withTemporaryDirectory { root in
                try await with(
                    root: root, packages: packages, storage: storage, repository: repository, body)
            }
        }
        let lab = BootLab(paths: HostPaths(root: root), port: freePorts(1)[0])
        try lab.bake(packages, storage, repository)
        do {
            try await body(lab)
        } catch {
            await lab.endDaemons()
            throw error
        }
        await lab.endDaemons()
    }

    static func facts(
        _ instance: String = "i-0slave1", tag: String = "slave", iamRole: String? = "howdah-slave"
    ) -> InstanceFacts {
        InstanceFacts(
            instanceID: instance, instanceType: "m6i.large", imageID: "ami-1", localIPv4: address,
            hostname: "ip-10-77-0-3", availabilityZone: "eu-west-1a", availabilityZoneID: nil,
            region: "eu-west-1", accountID: nil, tags: ["howdah:role": tag], userData: nil,
            iamRole: iamRole)
    }

    static func enrolment(role: String = "slave") -> Enrolment {
        Enrolment(
            token: "t", expiresInSeconds: 3600, cluster: "herd", role: role, name: "slave-1")
    }

    static let members = [
        Member(name: "master", role: "master", address: "10.77.0.2", hostname: "ip-10-77-0-2"),
        Member(name: "slave-1", role: "slave", address: address, hostname: "ip-10-77-0-3"),
    ]

    /// A panel that lets the slave in, after the failures that are given.
    static func panel(
        after failures: [PanelError] = [], claims: [VolumeClaim] = [],
        mounts: [String: VolumeClaim]? = nil
    ) -> PanelDouble {
        PanelDouble(
            claims: claims,
            answers: .init(
                enrolments: failures.map { .failure($0) } + [.success(enrolment())],
                master: master, members: members, takesReports: true, mounts: mounts))
    }

    /// All that is not given must not be used, or is as harmless as can be.
    func world(
        facts: InstanceFacts = BootLab.facts(), panel: any PanelConnection = BootLab.panel(),
        _ change: (inout NodeWorld) -> Void = { _ in }
    ) -> NodeWorld {
        let transfer = TransferClient()
        let (paths, log) = (paths, log)
        var world = NodeWorld(
            paths: paths, metadata: GivenFacts(value: facts),
            credentials: StaticCredentials(BootLab.credentials), connect: { _, _ in panel },
            volumes: { plan, storage, panel in
                try await VolumeTools(
                    paths: paths, clock: ContinuousClock(), log: log.line,
                    ec2: noEC2,
                    makeUUID: { UUID().uuidString.lowercased() }
                ).bring(storage, of: plan, panel)
            },
            packages: { plan in
                try await PackageWork(plan: plan, paths: paths, log: log.line).run(
                    transfer: transfer, settings: AWSSettings(region: "eu-west-1"),
                    credentials: StaticCredentials(BootLab.credentials))
            },
            probes: LiveProbes(transfer: transfer), now: WallClock.now, log: log,
            daemonEnvironment: ["PATH": "/usr/bin:/bin"], isLight: true)
        world.deadlines.panel = .milliseconds(50)
        world.deadlines.panelInterval = .milliseconds(5)
        change(&world)
        return world
    }

    static let credentials = Credentials(
        accessKeyID: "ASIAEXAMPLE", secretAccessKey: "secret-of-the-test", sessionToken: "token")

    var log: BootLog { BootLog(files: paths.files, timestamp: { "now" }, console: { _ in }) }
    var logText: String { (try? paths.files.text(BootLog.path)) ?? "" }
    var store: StateStore { StateStore(files: paths.files) }

    /// The processes of an instance's daemons that live.
    func daemons(of instance: String = "i-0slave1") throws -> [ProcessIdentity] {
        let bootID = try NodeWorld.bootID(paths, firstProcess: 1)
        return try store.daemons(of: instance).compactMap {
            $0.process(proc: "/proc", bootID: bootID)
        }
    }

    func rewriteStack(packages: [String] = [], greeting: String) throws {
        let path = BootConfiguration.stackFolder + "/tiny.yaml"
        try paths.files.write(stack(packages, greeting), to: path)
    }

    private func endDaemons() async {
        let names = (try? paths.files.list(StateStore.directory)) ?? []
        for instance in names where instance.hasPrefix("i-") {
            for process in (try? daemons(of: instance)) ?? [] { _ = await process.terminate() }
        }
    }

    private func bake(_ packages: [String], _ storage: [String], _ repository: String) throws {
        let files = paths.files
        for folder in ["/etc/howdah", BootConfiguration.stackFolder] {
            try files.makeDirectory(folder)
        }
        let disks = storage.isEmpty ? "" : "storage: [\(storage.joined(separator: ", "))]\n"
        try files.write(
            """
            howdah: 1
            cluster: herd
            panel: \(Self.panelURL)
            stack: tiny
            repositories:
              - {id: herd, baseurl: "\(repository)", gpgkey: "file:///etc/howdah/key"}
            \(disks)
            """, to: BootConfiguration.clusterPath)
        try rewriteStack(packages: packages, greeting: "hello")
    }

    private func stack(_ packages: [String], _ greeting: String) -> String {
        """
        stack: 1
        name: tiny
        master: master
        common:
          packages: [\(packages.joined(separator: ", "))]
          directories: [{path: "${root}/srv"}]
          files: [{path: "${root}/etc/tiny", text: "\(greeting) ${node.hostname}"}]
        roles:
          master: {packages: []}
          slave:
            preparations:
              - name: mark
                command: [/usr/bin/touch, "${root}/srv/marked"]
                proof: ["${root}/srv/marked"]
            daemons:
              - name: web
                command: [/usr/bin/python3, -m, http.server, --bind, 127.0.0.1, "\(port)"]
                readiness: [{host: 127.0.0.1, port: \(port)}]
                deadline: 60 s
        """
    }
}

struct GivenFacts: InstanceMetadata {
    let value: InstanceFacts

    func facts() async throws -> InstanceFacts { value }
}
