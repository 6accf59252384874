import FoundationEssentials
import GRDB
import HTTPTypes
import HummingbirdTesting
import NIOCore
import PanelAPI
import Synchronization
import Testing

@testable import Panel

/// What pages are made of, however many nodes there are.
@Suite struct PageReaderTests {
    /// Statements that reading the page takes.
    private static func statements(_ panel: Panel) async throws -> Int {
        let count = Counter()
        let reader = panel.pageReader
        let cluster = try reader.settings.cluster("demo")
        let now = panel.time.now()
        try await panel.database.read { database in
            database.trace { _ in count.add() }
            _ = try PageReader.read(cluster, .day, now: now, in: database)
            database.trace(options: [])
        }
        return count.value
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }

    @Test func `a page takes as many questions for many nodes as for few`() async throws {
        try await Lab.with { lab in
            let panel = try await lab.open(PageScene.settings(lab))
            var scene = PageScene(lab, panel)
            try await scene.enter(1...2)
            let few = try await Self.statements(panel)
            try await scene.enter(3...200)
            let many = try await Self.statements(panel)
            // Without a table of them, which large clusters do not have.
            #expect(many == few - 1 && many < 15)
            try panel.database.close()
        }
    }

    @Test func `a glance and the API's view say the same of each node`() async throws {
        try await Lab.with { lab in
            let panel = try await lab.open(PageScene.settings(lab))
            var scene = PageScene(lab, panel)
            try await scene.crowd(40)
            lab.cloud.edit { $0.instances[Lab.node(20).instanceID]?.state = "terminated" }
            await panel.watcher.round()
            let view = try await panel.viewer.view(of: "demo")
            let data = try await panel.pageReader.cluster("demo", .hour)
            #expect(data.nodes.map(\.name) == view.nodes.map(\.name))
            #expect(data.nodes.map(\.state) == view.nodes.map(\.state))
            #expect(Set(data.nodes.map(\.state)).count >= 4)
            #expect(data.nodes.map(\.load1) == view.nodes.map(\.load1))
            #expect(data.verdict.lowercased().hasPrefix(view.verdict))
            let (_, found) = try await panel.pageReader.nodes(of: "demo", find: "slave-3")
            #expect(found.map(\.name).first == "slave-3" && found.count == 11)
            // What is gone keeps its page, and what it measured.
            lab.time.advance(Views.goneInSightSeconds + 1)
            let gone = try await panel.pageReader.node(
                Lab.node(20).instanceID, in: "demo", .day, metrics: panel.metrics)
            #expect(gone.life.state == .gone && gone.series.contains { $0.metric == "ldavg-1" })
            #expect(gone.boot?.steps.count == 8 && gone.events.contains { $0.action == "life" })
            try panel.database.close()
        }
    }

    @Test func `history keeps counts and the mean load, and no zero where none was heard`()
        async throws
    {
        try await Lab.with { lab in
            let panel = try await lab.open(PageScene.settings(lab))
            var scene = PageScene(lab, panel)
            await panel.historyKeeper.round()
            try await scene.enter(1...3)
            try await scene.minute(load: 4)
            try await scene.minute(load: 8)
            // Silent for longer than a node may be.
            lab.time.advance(300)
            await panel.lifeKeeper.round()
            await panel.historyKeeper.round()
            let now = panel.time.now()
            let points = try await panel.database.read { database in
                try ClusterHistory.points(of: "demo", from: now - 3600, to: now, in: database)
            }
            #expect(points.map(\.up) == [0, 3, 3, 0])
            #expect(points.map(\.others) == [0, 0, 0, 3])
            #expect(points.map { $0.load == nil } == [true, false, false, true])
            let (low, high) = (try #require(points[1].load), try #require(points[2].load))
            #expect(abs(high - 2 * low) < 0.001 && low > 3)
            // A chart of a week is few points.
            let week = try await panel.database.read { database in
                try ClusterHistory.points(of: "demo", from: now - 604_800, to: now, in: database)
            }
            #expect(week.count == 1 || week.count == 2)
            lab.time.advance(ClusterHistory.keptSeconds + 60)
            await panel.historyKeeper.round()
            #expect(
                try await panel.database.read {
                    try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM clusterHistory")
                } == 1)
            try panel.database.close()
        }
    }

    @Test func `HDFS's safety is told, the ill first, and what is old or not told is not`()
        async throws
    {
        try await Lab.with { lab in
            let panel = try await lab.open(PageScene.settings(lab))
            func health() async throws -> [HDFSHealth.Line]? {
                try await panel.pageReader.cluster("demo", .hour).hdfs?.lines
            }
            #expect(try await health() == nil)
            _ = try await panel.metrics.insert(
                [
                    .init(
                        host: "hadoop:demo:namenode", at: panel.time.now(),
                        values: [
                            "namenode.safe-mode": 0, "namenode.blocks.missing": 2,
                            "namenode.capacity.bytes": 1000, "namenode.used.bytes": 905,
                        ])
                ], now: panel.time.now())
            #expect(
                try await health() == [
                    .init(words: "2 blocks missing", isIll: true),
                    .init(words: "90.5 % of 1000B used", isIll: true),
                    .init(words: "not in safe mode", isIll: false),
                ])
            lab.time.advance(HDFSHealth.maximumAgeSeconds + 1)
            #expect(try await health() == nil)
            try panel.database.close()
        }
    }

    @Test func `ten thousand nodes are a square each, of few elements`() {
        let nodes = (0..<10_000).map { number in
            NodeGlance(
                instanceID: "i-\(number)", name: "slave-\(number)", role: "slave", address: "",
                state: number % 100 == 0 ? .down : .up, cause: "", silentSeconds: 1, load1: 1,
                loadIsHostWide: false, bootOutcome: .done)
        }
        let text = NodeGrid.render(nodes, cluster: "demo").text
        #expect(text.ranges(of: "<path").count == 2)
        #expect(text.ranges(of: "h8v8h-8z").count == 9_900)
        #expect(text.contains("100 down") && text.utf8.count < 250_000)
        #expect(
            NodeGrid.render(Array(nodes.prefix(500)), cluster: "demo").text.contains(">slave-499<"))
    }

    @Test func `a notice of the cloud and a missing volume list are said on the page`()
        async throws
    {
        try await Lab.with { lab in
            try await lab.withPanel(PageScene.settings(lab)) { panel, api in
                var scene = PageScene(lab, panel)
                try await scene.enter(1...2)
                var beat = PageScene.beat(1, load: 1, now: panel.time.now())
                beat.notices = [CloudNotice(kind: "spot", action: "terminate", time: "soon")]
                let node = try #require(try await panel.nodes.node(Lab.node(2).instanceID))
                try await panel.reports.insert(beat, of: node, now: panel.time.now())
                func page(_ path: String) async throws -> String {
                    let answer = try await lab.call(api, .get, path)
                    #expect(answer.status == .ok, "\(path)")
                    return String(buffer: answer.body)
                }
                #expect(try await page("/clusters/demo").contains("spot notice: terminate at soon"))
                lab.cloud.edit {
                    $0.refusedCall = "ofCluster"
                    $0.refusal = .init(isTransient: true, "connection lost")
                }
                #expect(try await page("/clusters/demo/volumes").contains("cannot ask EC2"))
                #expect(try await page("/clusters/demo/audit?subject=slave-1").contains("Nothing."))
                for (path, status) in [
                    ("/clusters/demo?range=2h", HTTPResponse.Status.badRequest),
                    ("/clusters/demo/audit?before=x", .badRequest),
                    ("/clusters/demo/nodes?page=0", .badRequest),
                    ("/clusters/demo/decisions?at=x", .badRequest),
                    ("/clusters/other/queues", .notFound),
                    ("/clusters/demo/nodes/i-0", .notFound),
                ] {
                    #expect(try await lab.call(api, .get, path).status == status, "\(path)")
                }
            }
        }
    }
}
