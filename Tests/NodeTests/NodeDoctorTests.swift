import AWS
import Cluster
import Doctor
import Host
import PanelAPI
import Support
import Testing
import Transfer

@testable import Node

@Suite struct NodeDoctorTests {
    private static func doctor(_ lab: BootLab, moto: String) -> NodeDoctor {
        let transfer = TransferClient()
        let settings = AWSSettings(
            region: "eu-west-1", endpoints: [.ec2: moto, .sts: moto, .s3: moto])
        return NodeDoctor(
            world: lab.world(),
            surroundings: .init(
                settings: settings, transfer: transfer, panelTransfer: { _ in transfer },
                metadata: nil))
    }

    private static func levels(_ diagnosis: Diagnosis, _ check: String) -> [Finding.Level] {
        diagnosis.findings.filter { $0.check == check }.map(\.level)
    }

    @Test(.enabled(if: MotoServer.missing == nil))
    func `a node that has booted is looked at whole, and nothing is changed`() async throws {
        try await MotoServer.with { moto in
            try await BootLab.with { lab in
                #expect(try await Boot(world: lab.world()).run().stage == .done)
                let doctor = Self.doctor(lab, moto: moto.url)
                let (before, daemons) = (try await Tree.of(lab.paths.root), try lab.daemons())
                let diagnosis = await doctor.run()
                #expect(try await Tree.of(lab.paths.root) == before)
                #expect(try lab.daemons() == daemons)
                for check in ["metadata", "configuration", "memory", "boot", "ports", "region"] {
                    #expect(Self.levels(diagnosis, check) == [.fine], "\(check): \(diagnosis)")
                }
                #expect(Self.levels(diagnosis, "disks").count == 1)
                // Nobody is at the panel's and the repository's places.
                #expect(Self.levels(diagnosis, "panel") == [.wrong])
                #expect(Self.levels(diagnosis, "repository") == [.wrong])
                #expect(diagnosis.exitCode == 1)
                #expect(diagnosis.findings.allSatisfy { ($0.remedy == nil) == ($0.level == .fine) })
                #expect(!"\(diagnosis)".contains("secret-of-the-test"))
            }
        }
    }

    @Test func `where a token lets the node in, no role is missed`() async throws {
        try await BootLab.with { lab in
            let path = BootConfiguration.clusterPath
            let world = lab.world(facts: BootLab.facts(iamRole: nil))
            func levels() async -> [Finding.Level] {
                let transfer = TransferClient()
                let doctor = NodeDoctor(
                    world: world,
                    surroundings: .init(
                        settings: AWSSettings(
                            region: "eu-west-1", endpoints: [.sts: "http://127.0.0.1:1"]),
                        transfer: transfer, panelTransfer: { _ in transfer }, metadata: nil))
                return Self.levels(await doctor.run(), "role")
            }
            #expect(await levels() == [.wrong])
            let text = try lab.paths.files.text(path)
            try lab.paths.files.write(text + "enrolment: token\n", to: path)
            #expect(await levels() == [.fine])
        }
    }

    @Test(.enabled(if: MotoServer.missing == nil))
    func `a node before its boot, whose port another program has`() async throws {
        try await MotoServer.with { moto in
            try await BootLab.with { lab in
                let doctor = Self.doctor(lab, moto: moto.url)
                let early = await doctor.run()
                #expect(Self.levels(early, "boot") == [.warning])
                #expect(Self.levels(early, "ports") == [.wrong])
                let server = try ServerProcess.start(
                    "/usr/bin/python3",
                    ["-m", "http.server", "--bind", "127.0.0.1", "\(lab.port)"],
                    logPath: lab.paths.root + "/other.log")
                defer { server.stop() }
                try await server.wait(for: "the other program") { isListening(lab.port) }
                let taken = await doctor.run().findings.first { $0.check == "ports" }
                #expect(taken?.text == "port \(lab.port) of web is taken by another program")
            }
        }
    }

    @Test(
        arguments: [
            ("-Xmx512m", 512), ("-server -Xmx1g -Xmx2G -XX:+UseG1GC", 2048), ("-Xmx1048576k", 1024),
            ("-Xmx1073741824", 1024), ("-Xms512m", nil), ("-Xmx", nil), ("-Xmxm", nil), ("", nil),
        ] as [(String, Int?)]) func `a heap is what the JVM takes it for`(
            options: String, size: Int?
        )
    {
        #expect(MemoryCheck.heap(options) == size)
    }

    @Test(arguments: [
        ("hadoop-3", "master", "HDFS_NAMENODE_OPTS: -Xmx900g", Finding.Level.wrong),
        ("hadoop-3", "slave", "HDFS_NAMENODE_OPTS: -Xmx900g", .fine),
        ("hadoop-3", "slave", "HDFS_DATANODE_OPTS: -Xmx100k", .fine),
        ("hadoop-1", "master", "HADOOP_JOBTRACKER_OPTS: -Xmx900g", .wrong),
    ]) func `heaps are added up of the daemons that the role has`(
        stack: String, role: String, setting: String, level: Finding.Level
    ) throws {
        let path = "\(Checkout.root)/images/stacks/\(stack).yaml"
        let text = try #require(readFile(path))
        let cluster = """
            howdah: 1
            cluster: herd
            panel: https://panel:8443
            stack: \(stack)
            storage: [{mount: /data, size: 1 GiB}]
            settings: {hadoop-env.sh: {\(setting)}}

            """
        let plan = try BootPlan(
            facts: BootLab.facts(tag: role, iamRole: nil),
            cluster: try ClusterFile.parse(Array(cluster.utf8), file: "c", userData: nil),
            userData: nil, stack: try Stack.parse(text, file: path), stackText: text,
            machine: MachineSize(memoryMiB: 16_000, processors: 4))
        let findings = MemoryCheck.findings(plan)
        #expect(findings.map(\.level) == [level], "\(findings)")
    }

    @Test func `a disk that fills up is told before it is full`() {
        func space(_ used: Double, inodes: Double = 1) -> MountSpace {
            MountSpace(
                mount: "/data", isMounted: true, bytes: 1e9, availableBytes: 1e9 * (1 - used),
                usedInodesPercent: inodes)
        }
        let levels = DiskCheck.findings([
            space(0.5), space(0.91), space(0.99), space(0.1, inodes: 95),
            MountSpace(mount: "/b", isMounted: false), MountSpace(mount: "/c", isMounted: true),
        ]).map(\.level)
        #expect(levels == [.fine, .warning, .wrong, .warning, .wrong, .warning])
    }
}
