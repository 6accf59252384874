import FoundationEssentials
import GRDB
import HTTPTypes
import HummingbirdTesting
import NIOCore
import PanelAPI
import PanelClient
import Testing

@testable import Panel

/// What the panel says of a cluster.
@Suite struct ViewTests {
    static func boot(
        _ number: Int, id: String = "boot-1", _ outcome: BootReport.Outcome = .done
    ) -> BootReport {
        BootReport(
            bootID: id, instanceID: Lab.node(number).instanceID, outcome: outcome, seconds: 7.25,
            steps: [
                StepReport(
                    name: "facts", outcome: .done, startSeconds: 0, seconds: 0.2, detail: "ok"),
                StepReport(
                    name: "volume", outcome: .unchanged, startSeconds: 0.2, seconds: 6,
                    detail: "<b>vol-1</b> & co"),
            ])
    }

    static func beat(_ sequence: Int, boot: String = "boot-1") -> Heartbeat {
        Heartbeat(
            bootID: boot, sequence: sequence, uptimeSeconds: 60, load1: 0.5, loadIsHostWide: true)
    }

    static func state(_ lab: Lab, _ panel: Panel) async throws -> NodeView.State? {
        try await panel.viewer.view(of: "demo").nodes.first?.state
    }

    @Test func `a node boots, is up, falls silent and comes back`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            try await lab.withPanel { panel, api in
                let node = lab.client(1, api)
                try await node.enrol()
                #expect(try await Self.state(lab, panel) == .booting)
                try await node.report(Self.boot(1))
                #expect(try await node.heartbeat(Self.beat(1)).intervalSeconds == 60)
                #expect(try await panel.viewer.view(of: "demo").verdict == "healthy: 1 up")
                lab.time.advance(120)
                #expect(try await Self.state(lab, panel) == .up)
                lab.time.advance(60)
                #expect(try await Self.state(lab, panel) == .stale)
                lab.time.advance(1)
                #expect(try await Self.state(lab, panel) == .down)
                let verdict = try await panel.viewer.view(of: "demo").verdict
                #expect(verdict == "unhealthy: 1 down (master); no master is up")
                _ = try await node.heartbeat(Self.beat(2))
                #expect(try await Self.state(lab, panel) == .up)
            }
        }
    }

    @Test func `a reboot is a boot, a renewed token is none`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            try await lab.withPanel { panel, api in
                let node = lab.client(1, api)
                try await node.report(Self.boot(1))
                try await node.enrol()
                #expect(try await Self.state(lab, panel) == .up)
                let rebooted = lab.client(1, api, bootID: "boot-2")
                try await rebooted.enrol()
                #expect(try await Self.state(lab, panel) == .booting)
                try await rebooted.report(Self.boot(1, id: "boot-2", .failed))
                #expect(try await Self.state(lab, panel) == .failed)
            }
        }
    }

    @Test func `what EC2 says is gone is gone, and out of sight after an hour`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            try await lab.withPanel { panel, api in
                try await lab.client(1, api).report(Self.boot(1))
                lab.cloud.edit { $0.instances[Lab.node(1).instanceID]?.state = "terminated" }
                await panel.watcher.round()
                #expect(try await Self.state(lab, panel) == .gone)
                #expect(try await panel.viewer.view(of: "demo").verdict.hasPrefix("empty:"))
                lab.time.advance(3601)
                #expect(try await panel.viewer.view(of: "demo").nodes.isEmpty)
            }
        }
    }

    @Test func `what a heartbeat tells last is shown, and what it is silent about stays`()
        async throws
    {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            try await lab.withPanel { panel, api in
                let node = lab.client(1, api)
                try await node.enrol()
                _ = try await node.heartbeat(Self.beat(1))
                #expect(try await panel.viewer.view(of: "demo").nodes.first?.latest == nil)
                var beat = Self.beat(2)
                beat.sentAt = 1_000_000
                beat.samples = [30.0, 60].map {
                    MetricSample(at: $0, seconds: 30, values: ["ldavg-1": $0, "new": 1])
                }
                beat.space = [MountSpace(mount: "/data", isMounted: false)]
                beat.notices = [CloudNotice(kind: "spot", action: "terminate", time: "T")]
                _ = try await node.heartbeat(beat)
                var later = Self.beat(3)
                later.notices = []
                _ = try await node.heartbeat(later)
                // It comes late, after the third: it changes nothing.
                _ = try await node.heartbeat(beat)
                let latest = try #require(
                    try await panel.viewer.view(of: "demo").nodes.first?.latest)
                #expect(latest.sample?[.load1] == 60 && latest.notices == [])
                #expect(latest.space == beat.space)
                var many = Self.beat(4)
                many.samples = (0...Heartbeat.maximumSamples).map {
                    MetricSample(at: Double($0), seconds: 30, values: [:])
                }
                await #expect(throws: PanelError.self) { try await node.heartbeat(many) }
            }
        }
    }

    @Test func `a heartbeat that was overtaken changes no load`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let node = lab.client(1, api)
                var late = Self.beat(1)
                late.load1 = 99
                _ = try await node.heartbeat(Self.beat(2))
                _ = try await node.heartbeat(late)
                #expect(try await panel.viewer.view(of: "demo").nodes.first?.load1 == 0.5)
            }
        }
    }

    @Test func `an operator gets the view, a node does not`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { _, api in
                let node = lab.client(1, api)
                let token = try await node.enrol().token
                let view = try await node.clusterView("demo", operatorToken: Lab.operatorToken)
                #expect(view.nodes.map(\.name) == ["slave-1"])
                let answer = try await api.executeRequest(
                    uri: "/v1/clusters/demo", method: .get,
                    headers: [.authorization: "Bearer \(token)"], body: nil)
                #expect(answer.status == .unauthorized)
            }
        }
    }

    struct Verdict: Sendable {
        let nodes: [(String, NodeView.State)]
        let says: String
    }

    static let verdicts = [
        Verdict(nodes: [], says: "empty: no node has enrolled yet"),
        Verdict(
            nodes: [("master", .up), ("slave-1", .up), ("slave-2", .up)], says: "healthy: 3 up"),
        Verdict(
            nodes: [("master", .up), ("slave-1", .booting)], says: "starting: 1 up, 1 booting"),
        Verdict(
            nodes: [("master", .up), ("slave-1", .failed), ("slave-2", .down)],
            says: "unhealthy: 1 up, 1 failed (slave-1), 1 down (slave-2)"),
        Verdict(nodes: [("slave-1", .up)], says: "unhealthy: 1 up; no master is up"),
        Verdict(nodes: [("master", .up), ("slave-1", .gone)], says: "healthy: 1 up"),
    ]

    @Test(arguments: verdicts) func `the verdict says how it stands`(verdict: Verdict) {
        let nodes = verdict.nodes.map { name, state in
            NodeView(
                name: name, instanceID: "i-1", role: name == "master" ? "master" : "slave",
                state: state, address: "10.0.0.1", silentSeconds: 1, load1: nil,
                loadIsHostWide: false, volumes: [], lastBoot: nil)
        }
        #expect(Views.verdict(nodes) == verdict.says)
    }

    private static let whole = NodeView(
        name: #"a"b\c"#, instanceID: "i-1", role: "sl\u{1}ave\n", state: .failed, address: "ü",
        silentSeconds: 0.1, load1: 1e-7, loadIsHostWide: true,
        volumes: [
            VolumeClaim(
                id: "c", mount: "/data", state: .attached, volumeID: "vol-1", device: "/dev/sdf",
                generation: 2, firstUse: false, filesystemUUID: "u",
                format: FormatIntent(volumeID: "vol-1", type: "xfs", uuid: "u"), error: "e\t")
        ], lastBoot: boot(1), latest: NodeNews(sample: .init(at: 1, seconds: 30, values: ["a": 2])))

    @Test func `a cluster as JSON by hand is what an encoder would make of it`() throws {
        let bare = NodeView(
            name: "b", instanceID: "i-2", role: "slave", state: .up, address: "10.0.0.1",
            silentSeconds: nil, load1: nil, loadIsHostWide: false, volumes: [], lastBoot: nil)
        let view = ClusterView(cluster: "demo", verdict: "x: \"y\"", nodes: [Self.whole, bare])
        let given = try ClusterJSON.bytes(view, boots: [:], news: [:])
        let decoder = JSONDecoder()
        let decoded = try decoder.decode(ClusterView.self, from: Data(given.readableBytesView))
        #expect(decoded == view)
        // Nothing that a view may have one day is left out here.
        let parts: [Any] = [Self.whole] + Self.whole.volumes
        for child in parts.flatMap({ Mirror(reflecting: $0).children }) {
            #expect("\(child.value)" != "nil", "\(child.label ?? "")")
        }
        let stored = try ClusterJSON.bytes(
            view, boots: ["i-2": try JSONEncoder().encode(Self.boot(2))],
            news: ["i-2": Data(#"{"space":[]}"#.utf8)])
        let read = try decoder.decode(
            ClusterView.self, from: Data(stored.readableBytesView)
        ).nodes[1]
        #expect(read.lastBoot == Self.boot(2) && read.latest == NodeNews(space: []))
    }

    @Test(arguments: [("nodes", NodeRecord.columns), ("claims", ClaimRecord.columns)])
    func `columns are in the places that they are read from`(
        table: String, columns: [String]
    ) async throws {
        try await Lab.with { lab in
            let database = try PanelDatabase(path: lab.databasePath)
            let names = try await database.read { database in
                try String.fetchAll(
                    database, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table])
            }
            #expect(names.starts(with: columns))
            try database.close()
        }
    }

    @Test func `an outline is the view without steps and news`() async throws {
        try await Lab.with { lab in
            for number in 1...3 { lab.launch(number, role: "slave") }
            try await lab.withPanel { panel, api in
                for number in 1...3 {
                    let node = lab.client(number, api)
                    try await node.report(Self.boot(number, id: "boot-0", .failed))
                    try await node.report(Self.boot(number, id: "boot-1"))
                    _ = try await node.heartbeat(Self.beat(1))
                }
                var view = try await panel.viewer.view(of: "demo")
                let json = try await panel.viewer.json(of: "demo")
                let told = try JSONDecoder().decode(
                    ClusterView.self, from: Data(json.readableBytesView))
                #expect(told == view && view.nodes.count == 3)
                for index in view.nodes.indices {
                    view.nodes[index].lastBoot?.steps = []
                    view.nodes[index].latest = nil
                }
                #expect(try await panel.viewer.outline(of: "demo") == view)
            }
        }
    }

    @Test func `masters come first and slave-10 after slave-9`() {
        let names = ["slave-10", "slave-9", "master", "slave-1"]
        let nodes = names.map { name in
            NodeView(
                name: name, instanceID: name, role: name == "master" ? "master" : "slave",
                state: .up, address: "", silentSeconds: nil, load1: nil, loadIsHostWide: false,
                volumes: [], lastBoot: nil)
        }
        let sorted = Views.ordered(nodes).map(\.name)
        #expect(sorted == ["master", "slave-1", "slave-9", "slave-10"])
    }
}
