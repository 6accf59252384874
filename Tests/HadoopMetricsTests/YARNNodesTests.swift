import Testing

@testable import HadoopMetrics

/// The ResourceManager's list of nodes, in the shape that Hadoop's documentation shows.
@Suite struct YARNNodesTests {
    private static func node(_ name: String, _ state: String, _ containers: Int) -> String {
        """
        {"rack":"\\/default-rack","state":"\(state)","id":"\(name):1234","nodeHostName":"\(name)",
         "nodeHTTPAddress":"\(name):2","healthStatus":"Healthy","lastHealthUpdate":1324056895432,
         "healthReport":"Healthy","numContainers":\(containers),"usedMemoryMB":0,
         "availMemoryMB":8192,"usedVirtualCores":0,"availableVirtualCores":8}
        """
    }

    private static func nodes(_ nodes: String...) throws -> YARNNodes {
        try YARNNodes(json: Array(#"{"nodes":{"node":[\#(nodes.joined(separator: ","))]}}"#.utf8))
    }

    @Test func `containers are counted by the node's name, with its domain or without`() throws {
        let nodes = try Self.nodes(
            Self.node("slave-1", "RUNNING", 3), Self.node("Slave-2.example.com", "RUNNING", 0),
            Self.node("10.0.0.4", "RUNNING", 7))
        #expect(nodes.containers(on: ["10.0.0.2", "slave-1"]) == 3)
        #expect(nodes.containers(on: ["slave-1.example.com"]) == 3)
        #expect(nodes.containers(on: ["slave-2"]) == 0)
        #expect(nodes.containers(on: ["10.0.0.4", "slave-3"]) == 7)
        // Another address begins with the same number.
        #expect(nodes.containers(on: ["10.0.0.5", "slave-4"]) == nil)
    }

    @Test func `of nodes that the scheduler does not know, its zero is none`() throws {
        for state in ["NEW", "LOST", "REBOOTED", "DECOMMISSIONED", "SHUTDOWN"] {
            let nodes = try Self.nodes(Self.node("h1", state, 0))
            #expect(nodes.containers(on: ["h1"]) == nil, "\(state)")
        }
        for state in ["RUNNING", "UNHEALTHY", "DECOMMISSIONING"] {
            // It came back after it was lost.
            let nodes = try Self.nodes(Self.node("h1", "LOST", 0), Self.node("h1", state, 2))
            #expect(nodes.containers(on: ["h1"]) == 2, "\(state)")
        }
    }

    @Test(arguments: [#"{"nodes":null}"#, #"{"nodes":{}}"#, #"{"nodes":{"node":[]}}"#])
    func `a cluster without nodes has none`(text: String) throws {
        #expect(try YARNNodes(json: Array(text.utf8)).containers(on: ["h1"]) == nil)
    }

    @Test(arguments: [
        "", "{}", "<html>", #"{"nodes":{"node":[{"nodeHostName":"h1","state":"RUNNING"}]}}"#,
        #"{"nodes":{"node":[{"nodeHostName":"h1","state":"RUNNING","numContainers":"many"}]}}"#,
    ])
    func `what the ResourceManager does not say is an error, never a zero`(text: String) {
        #expect(throws: HadoopFormatError.self) { try YARNNodes(json: Array(text.utf8)) }
    }
}
