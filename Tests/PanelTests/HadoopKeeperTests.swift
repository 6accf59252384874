import FoundationEssentials
import HTTPTypes
import HummingbirdTesting
import Logging
import PanelAPI
import PanelClient
import Support
import Testing
import Transfer

@testable import Panel

/// Hadoop's own figures come in from the master's pages, and out by key.
@Suite struct HadoopKeeperTests {
    static let queues = """
        {"scheduler": {"schedulerInfo": {"type": "fairScheduler", "rootQueue":
         {"queueName": "root.etl", "demandResources": {"memory": 4096, "vCores": 4}}}}}
        """
    static let metrics = #"{"clusterMetrics": {"containersPending": 6, "appsRunning": 2}}"#

    private func lab(_ lab: Lab, _ change: (inout HadoopSettings) -> Void) -> PanelSettings {
        var settings = lab.settings
        change(&settings.clusters[0].hadoop)
        return settings
    }

    @Test func `a NameNode that does not answer holds up no queue`() async throws {
        try await LoopbackServer.with([
            .init("GET", "/jmx", .init(200, fault: .silence))
        ]) { nameNode in
            try await LoopbackServer.with([
                .init("GET", "/ws/v1/cluster/scheduler", .init(200, Self.queues)),
                .init("GET", "/ws/v1/cluster/metrics", .init(200, Self.metrics)),
            ]) { resourceManager in
                try await Lab.with { lab in
                    let settings = self.lab(lab) {
                        $0.nameNode = Int(nameNode.port)
                        $0.resourceManager = Int(resourceManager.port)
                    }
                    lab.launch(1, role: "master", address: "127.0.0.1")
                    try await lab.withPanel(settings) { panel, api in
                        try await Self.walk(lab, panel, api)
                    }
                }
            }
        }
    }

    private static func walk(
        _ lab: Lab, _ panel: Panel, _ api: any TestClientProtocol
    ) async throws {
        _ = try await lab.client(1, api, address: "127.0.0.1").putMaster()
        let keeper = try #require(
            panel.keeper(of: panel.settings.clusters[0], TransferClient()))
        let operators = PanelClient(url: "http://panel", transport: RouterTransport(api: api))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await keeper.run() }
            var figures: [ClusterQueues.Figure] = []
            for _ in 0..<600 where figures.count < 4 {
                try await Task.sleep(for: .milliseconds(100))
                figures = try await operators.queues(
                    "demo", operatorToken: Lab.operatorToken
                ).figures
            }
            let now = panel.time.now()
            #expect(
                figures == [
                    .init(key: "queue.root.etl.memory-mb.demand", value: 4096, at: now),
                    .init(key: "queue.root.etl.vcores.demand", value: 4, at: now),
                    .init(key: "yarn.appsRunning", value: 2, at: now),
                    .init(key: "yarn.containersPending", value: 6, at: now),
                ])
            group.cancelAll()
        }
    }

    @Test func `each node's DataNode tells of that node, and one that has none of nothing`()
        async throws
    {
        let beans =
            #"{"beans":[{"name":"Hadoop:service=DataNode,name=FSDatasetState","Capacity":5}]}"#
        try await LoopbackServer.with([.init("GET", "/jmx", .init(200, beans))]) { dataNode in
            try await Lab.with { lab in
                let settings = self.lab(lab) { $0.dataNode = Int(dataNode.port) }
                // Nothing listens on the master's address.
                lab.launch(1, role: "master", address: "127.0.0.2")
                lab.launch(2, role: "slave", address: "127.0.0.1")
                try await lab.withPanel(settings) { panel, api in
                    _ = try await lab.client(1, api, address: "127.0.0.2").putMaster()
                    _ = try await lab.client(2, api, address: "127.0.0.1").enrol()
                    let keeper = try #require(
                        panel.keeper(of: panel.settings.clusters[0], TransferClient()))
                    for source in keeper.sources { try await keeper.look(at: source) }
                    let rows = try await panel.metrics.latest(
                        now: panel.time.now(), maximumAge: 600)
                    #expect(rows.map(\.host) == [Lab.node(2).instanceID])
                    #expect(rows.first?.values == ["datanode.capacity.bytes": 5])
                }
            }
        }
    }

    @Test func `an answer that is too large or of another kind is refused, and nothing stored`()
        async throws
    {
        let large = String(repeating: " ", count: 17 << 20)
        try await LoopbackServer.with([
            .init("GET", "/ws/v1/cluster/scheduler", .init(200, large)),
            .init("GET", "/ws/v1/cluster/metrics", .init(200, "<html>")),
        ]) { server in
            try await Lab.with { lab in
                let settings = self.lab(lab) { $0.resourceManager = Int(server.port) }
                lab.launch(1, role: "master", address: "127.0.0.1")
                try await lab.withPanel(settings) { panel, api in
                    _ = try await lab.client(1, api, address: "127.0.0.1").putMaster()
                    let keeper = try #require(
                        panel.keeper(of: panel.settings.clusters[0], TransferClient()))
                    for source in keeper.sources {
                        await #expect(throws: (any Error).self, "\(source.name)") {
                            try await keeper.look(at: source)
                        }
                    }
                    let rows = try await panel.metrics.latest(
                        now: panel.time.now(), maximumAge: 600)
                    #expect(rows.isEmpty)
                }
            }
        }
    }

    @Test func `a cluster without ports of Hadoop's has no queues, and says so`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                #expect(panel.keeper(of: panel.settings.clusters[0], TransferClient()) == nil)
                let operators = PanelClient(
                    url: "http://panel", transport: RouterTransport(api: api))
                let refusal = await #expect(throws: PanelError.self) {
                    try await operators.queues("demo", operatorToken: Lab.operatorToken)
                }
                #expect("\(String(describing: refusal))".contains("no-hadoop"))
            }
        }
    }

    @Test func `ports are read below a cluster, and an unknown daemon is an error`() throws {
        func hadoop(_ text: String) throws -> HadoopSettings? {
            let file = """
                clusters:
                  demo:
                    roles: {howdah-slave: slave}
                    hadoop: \(text)
                listen: 127.0.0.1:0
                database: /tmp/x.db
                operator-token-file: /tmp/token
                region: eu-central-1
                account: "123456789012"
                """
            return try PanelSettings.parse(Array(file.utf8), file: "panel.yaml")
                .clusters.first?.hadoop
        }
        let both = try #require(try hadoop("{namenode: 9870, jobtracker: 50030}"))
        #expect(both.nameNode == 9870 && both.jobTracker == 50030 && both.resourceManager == nil)
        #expect(
            HadoopSource.all(both).map(\.path) == ["/jmx", "/jmx", "/scheduler?advanced"])
        #expect(throws: (any Error).self) { try hadoop("{namenodes: 9870}") }
        #expect(throws: (any Error).self) { try hadoop("{namenode: 0}") }
    }
}
