import Autoscaling
import Foundation
import GRDB
import HadoopMetrics
import PanelAPI

@testable import Panel

/// A panel whose clusters have lived a while: what pages are looked at with. All of it came in by
/// the panel's own ways: enrolments, reports, heartbeats, rounds of its workers.
struct PageScene {
    let lab: Lab
    let panel: Panel
    private var sequence = 0
    private var known: Set<String> = []

    init(_ lab: Lab, _ panel: Panel) {
        self.lab = lab
        self.panel = panel
    }

    static func settings(_ lab: Lab) -> PanelSettings {
        var lab = lab
        lab.access.isPageOpen = true
        lab.clusters[0].scaling.mode = .on
        lab.clusters[0].scaling.rule.maximum = 10
        lab.clusters[0].maximumNodes = 600
        lab.clusters[0].hadoop.jobTracker = 50_030
        lab.clusters[0].hadoop.nameNode = 9870
        lab.clusters[0].launch["slave"] = LaunchSettings(
            imageID: "ami-1", instanceType: "m7i.large", profile: "howdah-slave",
            securityGroupIDs: [], subnetIDs: [], keyName: nil, market: .onDemand)
        var settings = lab.settings
        settings.volumePrices = ["gp3": 0.0952]
        return settings
    }

    /// Nodes with these numbers come in and report their boot; the first is the master.
    mutating func enter(_ numbers: ClosedRange<Int>) async throws {
        let now = panel.time.now()
        for number in numbers {
            let address = "10.0.\(number / 250).\(number % 250 + 1)"
            let node = Lab.node(number, address: address)
            lab.cloud.edit {
                $0.instances[node.instanceID] = CloudInstance(
                    id: node.instanceID, state: "running", privateIP: address,
                    zone: node.availabilityZone, tags: [:])
            }
            try await enter(node, role: number == 1 ? "master" : "slave", now: now)
        }
    }

    mutating func enter(_ node: NodeAddress, role: String, now: Double) async throws {
        let record = try await panel.database.write { [nodes = panel.nodes] database in
            try nodes.enter(
                .init(
                    cluster: "demo", node: node, hostname: node.hostname,
                    zone: node.availabilityZone, zoneID: "euc1-az1", role: role,
                    cloudState: "running", bootID: "boot-1"), now: now, in: database)
        }
        try await panel.reports.insert(
            Self.boot(node.instanceID), of: record, now: now)
        known.insert(node.instanceID)
    }

    static func boot(_ instanceID: String) -> BootReport {
        let steps: [(String, Double, Double, String)] = [
            ("facts", 0, 0.2, "i-… of eu-central-1a"), ("credentials", 0.2, 0.1, "howdah-slave"),
            ("enrol", 0.3, 0.6, "as a slave of demo"), ("hosts", 0.9, 0.1, "5 names"),
            ("volume /data", 1, 7.4, "200 GiB, gp3, attached and mounted"),
            ("packages", 1, 11.8, "hadoop-common 3.3.6 and 3 more"),
            ("files", 12.9, 0.3, "7 files"), ("daemons", 13.2, 4.1, "datanode answers"),
        ]
        return BootReport(
            bootID: "boot-1", instanceID: instanceID, outcome: .done, seconds: 17.3,
            steps: steps.map {
                StepReport(
                    name: $0.0, outcome: .done, startSeconds: $0.1, seconds: $0.2, detail: $0.3)
            })
    }

    /// A minute of all nodes' lives with this load, but for those that are silent.
    mutating func minute(load: Double, silent: Set<String> = []) async throws {
        lab.time.advance(60)
        sequence += 1
        let (now, sequence) = (panel.time.now(), sequence)
        let nodes = try await panel.nodes.current().filter {
            $0.goneAt == nil && !silent.contains($0.name)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in nodes {
                let own =
                    load * (0.85 + Double(node.name.utf8.reduce(0) { $0 + Int($1) } % 30) / 100)
                let beat = Self.beat(sequence, load: own, now: now)
                group.addTask { [reports = panel.reports] in
                    try await reports.insert(beat, of: node, now: now)
                }
            }
            try await group.waitForAll()
        }
        try await pools(load: load, now: now)
        await panel.lifeKeeper.round()
        await panel.historyKeeper.round()
        await panel.autoscaler.round()
        _ = await panel.launches.round()
        try await enrolLaunched(now: now)
        _ = await panel.launches.round()
    }

    static func beat(_ sequence: Int, load: Double, now: Double) -> Heartbeat {
        var beat = Heartbeat(
            bootID: "boot-1", sequence: sequence, uptimeSeconds: Double(sequence) * 60,
            load1: load, loadIsHostWide: false)
        beat.sentAt = now
        let wave = sin(Double(sequence) / 9)
        beat.samples = [30.0, 0].map { ago in
            MetricSample(
                at: now - ago, seconds: 30,
                values: [
                    "ldavg-1": load, "runq-sz": (load * 1.1).rounded(), "user": min(90, load * 6),
                    "system": min(20, load), "iowait": 4 + 3 * wave, "ctxt": 4_000 + 900 * wave,
                    "plist-sz": 210 + load, "bread": 3_000 + 2_500 * wave, "bwrtn": 9_000,
                    "eth-rxbyt": 4e6 + 3e6 * wave, "eth-txbyt": 2e6 + 1e6 * wave, "pgpgin": 30,
                    "pgpgout": 80 + 40 * wave, "fault": 1_200 + 500 * wave,
                    "TCPAbortOnData": 0, "rto-max": 204,
                ])
        }
        beat.space = [
            MountSpace(
                mount: "/data", isMounted: true, bytes: 214_748_364_800,
                availableBytes: 88_000_000_000, usedInodesPercent: 2)
        ]
        beat.notices = []
        return beat
    }

    /// What the JobTracker's page would have said then.
    private func pools(load: Double, now: Double) async throws {
        var values: [String: Double] = [:]
        for (index, name) in ["etl", "reports", "adhoc"].enumerated() {
            let share = load * Double(3 - index)
            values.merge(
                [
                    "pool.\(name).jobs": (share / 6).rounded(.up),
                    "pool.\(name).demand": (share * 9).rounded(),
                    "pool.\(name).map.running": (share * 1.4).rounded(),
                    "pool.\(name).map.requested": (share * 12).rounded(),
                    "pool.\(name).map.completed": (share * 7).rounded(),
                    "pool.\(name).map.outstanding": (share * 5).rounded(),
                    "pool.\(name).map.share.fair": 14,
                    "pool.\(name).reduce.running": (share * 0.7).rounded(),
                    "pool.\(name).reduce.requested": (share * 6).rounded(),
                    "pool.\(name).reduce.completed": (share * 2).rounded(),
                    "pool.\(name).reduce.outstanding": (share * 4).rounded(),
                    "pool.\(name).reduce.share.min": 6,
                ]
            ) { $1 }
        }
        let nameNode = [
            "namenode.safe-mode": 0, "namenode.blocks.missing": 0,
            "namenode.blocks.under-replicated": (load * 4).rounded(),
            "namenode.datanodes.live": 4, "namenode.datanodes.dead": 0,
            "namenode.capacity.bytes": 2e12, "namenode.used.bytes": 4.2e11,
        ]
        _ = try await panel.metrics.insert(
            [
                .init(host: "hadoop:demo:pools", at: now, values: values),
                .init(host: "hadoop:demo:namenode", at: now, values: nameNode),
            ], now: now)
    }

    /// What EC2 has started comes in two minutes later.
    private mutating func enrolLaunched(now: Double) async throws {
        let launches = try await panel.launches.launches.all(of: "demo")
        for launch in launches where launch.state == .launched && now - launch.stateAt >= 120 {
            guard let id = launch.instanceID, !known.contains(id) else { continue }
            lab.cloud.edit { $0.instances[id]?.state = "running" }
            let node = NodeAddress(
                instanceID: id, address: "10.0.9.\(known.count)", hostname: "ip-\(known.count)",
                availabilityZone: "eu-central-1a")
            try await enter(node, role: launch.role, now: now)
        }
    }

    /// A morning: load that rises above the threshold until the cluster is at its maximum.
    mutating func morning() async throws {
        try await enter(1...5)
        for minute in 0..<40 { try await self.minute(load: 3 + 2 * sin(Double(minute) / 6)) }
        for minute in 0..<60 {
            try await self.minute(load: min(14.5, 5 + Double(minute) / 3), silent: [])
        }
        for minute in 0..<20 { try await self.minute(load: 9 - Double(minute) / 6) }
    }

    /// As many nodes, some of which are not well.
    mutating func crowd(_ count: Int) async throws {
        try await enter(1...(count - 1))
        let silent: Set = ["slave-7", "slave-77", "slave-301"]
        for _ in 0..<4 { try await minute(load: 6, silent: silent) }
        try await minute(load: 6, silent: silent.union(["slave-12", "slave-13"]))
        try await minute(load: 6, silent: silent.union(["slave-12", "slave-13"]))
        try await minute(load: 6, silent: silent.union(["slave-12", "slave-13"]))
        let late = Lab.node(count, address: "10.1.0.1")
        _ = try await panel.database.write {
            [nodes = panel.nodes, now = panel.time.now()] database in
            try nodes.enter(
                .init(
                    cluster: "demo", node: late, zone: "eu-central-1a", role: "slave",
                    cloudState: "running", bootID: "boot-1"), now: now, in: database)
        }
    }

    /// A drain that is stalled.
    func drain() async throws {
        let now = panel.time.now()
        let ranking = (1...9).map { number in
            DrainPlan.Candidate(
                node: "slave-\(number)", instanceID: Lab.node(number + 1).instanceID,
                usedBytes: Int64(number) * 6_400_000_000, blocks: number * 57,
                containers: number == 4 ? nil : number / 2,
                obstacle: number == 9 ? "its tag 'howdah:protect' says that it stays" : nil)
        }
        let record = DrainRecord(
            id: "drain-1", cluster: "demo", instanceID: Lab.node(3).instanceID, node: "slave-2",
            state: .decommissioning, sentence: "HDFS copies its blocks to other nodes",
            stall: "replication 10 of /tmp/mapred/job.jar needs 10 DataNodes, 9 are left",
            blocksLeft: 120, blocksAtStart: 800, openFiles: ["/logs/today by client-7"],
            plan: DrainPlan(
                node: "slave-2", instanceID: Lab.node(3).instanceID, guards: [],
                ranking: ranking, sentence: "'slave-2' may go"),
            progressAt: now - 700, requestedBy: "ada", reason: "its disk is slow",
            startedAt: now - 900, changedAt: now - 700)
        try await panel.database.write { try record.insert($0) }
    }

    /// Volumes at EC2, one of which is nobody's.
    func volumes() async throws {
        for (number, state) in [(1, "in-use"), (2, "in-use"), (3, "available")] {
            lab.cloud.edit {
                $0.volumes["vol-0\(number)"] = CloudVolume(
                    id: "vol-0\(number)", state: state, zone: "eu-central-1a", snapshotID: nil,
                    createdAt: 1_800_000_000, attachments: [], sizeGiB: 200, type: "gp3",
                    tags: ["howdah:cluster": "demo"])
            }
        }
        try await panel.database.write { database in
            for number in 1...2 {
                try ClaimRecord.example(number, Lab.node(number).instanceID).insert(database)
            }
        }
    }
}

extension ClaimRecord {
    static func example(_ number: Int, _ instanceID: String) -> ClaimRecord {
        ClaimRecord(
            id: "claim-\(number)", instanceID: instanceID, mount: "/data", sizeGiB: 200,
            type: "gp3", zone: "eu-central-1a", state: .attached, volumeID: "vol-0\(number)",
            device: "/dev/sdf", generation: 1, firstUse: false, filesystemType: "xfs",
            filesystemUUID: "uuid-\(number)", error: nil, createdAt: 1_800_000_000,
            stateAt: 1_800_000_000)
    }
}
