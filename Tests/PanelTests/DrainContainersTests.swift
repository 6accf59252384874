import HadoopMetrics
import PanelAPI
import PanelClient
import Support
import Testing

@testable import Panel

/// Drains where YARN runs: its containers are part of what it costs to drain a node.
@Suite struct DrainContainersTests {
    private static func nodes(_ containers: [String: Int]) -> String {
        let nodes = containers.sorted { $0.key < $1.key }.map { name, count in
            """
            {"state":"RUNNING","id":"\(name):4000","nodeHostName":"\(name)",\
            "numContainers":\(count)}
            """
        }
        return #"{"nodes":{"node":[\#(nodes.joined(separator: ","))]}}"#
    }

    /// A master on this machine's own address, three slaves, and what their HDFS says.
    private static func plan(_ answer: LoopbackServer.Answer?) async throws -> DrainPlan {
        let exchanges = answer.map { [LoopbackServer.Exchange("GET", YARNNodes.path, $0)] } ?? []
        return try await LoopbackServer.with(exchanges) { server in
            try await withTemporaryDirectory { directory in
                var lab = Lab(directory: directory)
                lab.clusters[0].hadoop.nameNode = 9870
                lab.clusters[0].hadoop.resourceManager = answer.map { _ in Int(server.port) }
                lab.launch(1, role: "master", address: "127.0.0.1")
                for number in 2...4 { lab.launch(number, role: "slave") }
                lab.hdfs.serve(["10.0.0.2", "10.0.0.3", "10.0.0.4"])
                return try await lab.withPanel { [lab] _, api in
                    _ = try await lab.client(1, api, address: "127.0.0.1").putMaster()
                    for number in 2...4 { _ = try await lab.client(number, api).enrol() }
                    return try await PanelClient(
                        url: "http://panel", transport: RouterTransport(api: api)
                    ).drainPlan(of: "slave-3", in: "demo", operatorToken: Lab.operatorToken)
                }
            }
        }
    }

    @Test func `containers weigh beside bytes, and the plan tells both`() async throws {
        // HDFS has 10, 20 and 30 bytes on them.
        let plan = try await Self.plan(
            .init(200, Self.nodes(["slave-1": 9, "slave-2": 0, "slave-3.example.com": 1])))
        #expect(plan.mayGo, "\(plan.sentence)")
        #expect(plan.ranking.map(\.node) == ["slave-2", "slave-3", "slave-1", "master"])
        #expect(plan.ranking.map(\.containers) == [0, 1, 9, nil])
        #expect(plan.ranking.map(\.usedBytes) == [20, 30, 10, nil])
        let said = plan.guards.first { $0.name == "containers" }
        #expect(said?.isOpen == true && said?.words == "1 container runs on it")
    }

    @Test func `a ResourceManager that does not answer is told of, and stands in no drain's way`()
        async throws
    {
        let plan = try await Self.plan(.init(503, "standby"))
        #expect(plan.mayGo, "\(plan.sentence)")
        #expect(plan.ranking.map(\.node) == ["slave-1", "slave-2", "slave-3", "master"])
        #expect(plan.ranking.allSatisfy { $0.containers == nil })
        let said = plan.guards.first { $0.name == "containers" }
        #expect(said?.isOpen == true && said?.words.contains("not known: status 503") == true)
    }

    @Test func `where no ResourceManager is named, bytes alone count`() async throws {
        let plan = try await Self.plan(nil)
        #expect(plan.ranking.map(\.node) == ["slave-1", "slave-2", "slave-3", "master"])
        #expect(!plan.guards.contains { $0.name == "containers" })
    }
}
