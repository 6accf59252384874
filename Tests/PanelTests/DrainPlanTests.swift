import HadoopMetrics
import PanelAPI
import Testing

@testable import Panel

/// Whether a node may go, and which would be cheaper.
@Suite struct DrainPlanTests {
    /// Four DataNodes of 1,000 bytes each; the last is to go.
    private static func input(_ change: (inout DrainInput) -> Void = { _ in }) -> DrainInput {
        let nodes = (1...4).map {
            DrainInput.Node(
                name: "slave-\($0)", instanceID: "i-\($0)", role: "slave", names: ["10.0.0.\($0)"])
        }
        let master = DrainInput.Node(
            name: "master", instanceID: "i-0", role: "master", names: ["10.0.0.9"])
        var input = DrainInput(
            node: nodes[3], nodes: nodes + [master], masterID: "i-0", minimumNodes: 1, launches: 0,
            protection: .known(false),
            hdfs: .known(HDFSState(dataNodes: (1...4).map { Self.dataNode($0) })),
            files: .known(HDFSFiles(highestReplication: 3, highestPath: "/three")))
        change(&input)
        return input
    }

    private static func dataNode(_ number: Int) -> HDFSState.DataNode {
        var node = HDFSState.DataNode(
            names: ["10.0.0.\(number)"], isLive: true, admin: .inService)
        node.capacityBytes = 1000
        node.usedBytes = Int64(50 - number)
        node.remainingBytes = 800
        return node
    }

    private static func changed(
        _ change: (inout HDFSState) -> Void
    ) -> (inout DrainInput) -> Void {
        var state = HDFSState(dataNodes: (1...4).map { dataNode($0) })
        change(&state)
        return { [state] in $0.hdfs = .known(state) }
    }

    @Test func `a node that HDFS can do without may go`() {
        let plan = DrainPlanner(input: Self.input()).plan()
        #expect(plan.mayGo && plan.sentence == "'slave-4' may go", "\(plan.sentence)")
        #expect(plan.ranking.map(\.node) == ["slave-4", "slave-3", "slave-2", "slave-1", "master"])
        #expect(plan.ranking.last?.obstacle == "it is the master")
        #expect(plan.ranking.first?.usedBytes == 46)
    }

    /// By node: bytes, and containers as YARN tells them; nil where it does not list the node.
    struct Order: Sendable {
        var bytes: [Int64]
        var containers: [Int?]
        var order: [Int]
    }

    static let orders = [
        Order(bytes: [40, 30, 20, 10], containers: [0, 0, 0, 0], order: [4, 3, 2, 1]),
        // A node with much of one and little of the other is dearer than one with some of each.
        Order(bytes: [40, 30, 20, 10], containers: [0, 2, 1, 7], order: [3, 1, 2, 4]),
        Order(bytes: [10, 10, 10, 10], containers: [3, 1, 2, 0], order: [4, 2, 3, 1]),
        // Of whom nothing is known, the most is assumed.
        Order(bytes: [10, 10, 10, 10], containers: [nil, 1, 3, 0], order: [4, 2, 1, 3]),
        Order(bytes: [10, 11, 12, 13], containers: [nil, nil, nil, nil], order: [1, 2, 3, 4]),
        Order(bytes: [0, 0, 0, 0], containers: [2, 0, 1, 3], order: [2, 3, 1, 4]),
    ]

    @Test(arguments: orders.indices) func `the cheapest has the least of both`(_ index: Int) throws
    {
        let order = Self.orders[index]
        let listed = order.containers.enumerated().compactMap { index, count in
            count.map {
                #"{"nodeHostName":"slave-\#(index + 1)","state":"RUNNING","numContainers":\#($0)}"#
            }
        }
        let yarn = try YARNNodes(
            json: Array(#"{"nodes":{"node":[\#(listed.joined(separator: ","))]}}"#.utf8))
        let input = Self.input { input in
            input.yarn = .known(yarn)
            for index in 0..<4 { input.nodes[index].names.insert("slave-\(index + 1)") }
            Self.changed { state in
                for index in 0..<4 { state.dataNodes[index].usedBytes = order.bytes[index] }
            }(&input)
        }
        let ranking = DrainPlanner(input: input).plan().ranking
        let containers = order.order.map { order.containers[$0 - 1] }
        #expect(ranking.map(\.node) == order.order.map { "slave-\($0)" } + ["master"])
        #expect(ranking.dropLast().map(\.containers) == containers)
    }

    @Test(arguments: [
        (Seen.known(HDFSState(dataNodes: [])), false), (Seen.unknown("refused"), true),
    ])
    func `containers that are not known are said and are no obstacle`(
        hdfs: Seen<HDFSState>, isSilent: Bool
    ) throws {
        let none = try YARNNodes(json: Array(#"{"nodes":null}"#.utf8))
        let input = Self.input { input in
            input.hdfs = hdfs
            input.yarn = isSilent ? .unknown("timed out") : .known(none)
        }
        let said = DrainPlanner(input: input).plan().guards.first { $0.name == "containers" }
        #expect(said?.isOpen == true)
        #expect(
            said?.words
                == (isSilent
                    ? "how many containers run on it is not known: timed out"
                    : "the ResourceManager lists no NodeManager of it"))
    }

    struct Row: Sendable {
        var closed: String
        var words: String
        var change: @Sendable (inout DrainInput) -> Void
    }

    static let rows = [
        Row(closed: "role", words: "it is the master") { $0.masterID = "i-4" },
        Row(closed: "role", words: "it is the master") { $0.node.role = "master" },
        Row(closed: "protection", words: "EC2 protects it") { $0.protection = .known(true) },
        Row(closed: "protection", words: "EC2 does not say") {
            $0.protection = .unknown("UnauthorizedOperation")
        },
        Row(closed: "protection", words: "howdah:protect") { $0.node.isProtected = true },
        Row(closed: "launches", words: "2 launches in flight") { $0.launches = 2 },
        Row(closed: "hdfs", words: "connection refused") {
            $0.hdfs = .unknown("connection refused")
        },
        Row(closed: "safe-mode", words: "in safe mode") { input in
            DrainPlanTests.changed { $0.safeMode = "Safe mode is ON." }(&input)
        },
        Row(closed: "blocks", words: "misses 1 blocks") { input in
            DrainPlanTests.changed { $0.missingBlocks = 1 }(&input)
        },
        Row(closed: "blocks", words: "has 1 corrupt") { input in
            DrainPlanTests.changed { $0.corruptBlocks = 1 }(&input)
        },
        Row(closed: "datanode", words: "does not list it") { $0.node.names = ["10.0.0.5"] },
        Row(closed: "datanode", words: "for dead") { input in
            DrainPlanTests.changed { $0.dataNodes[3].isLive = false }(&input)
        },
        Row(closed: "datanode", words: "says 'In Maintenance'") { input in
            DrainPlanTests.changed { $0.dataNodes[3].admin = .other("In Maintenance") }(&input)
        },
        Row(closed: "nodes-left", words: "3 DataNodes would be left in service, a file wants 10") {
            $0.files = .known(HDFSFiles(highestReplication: 10, highestPath: "/job.jar"))
        },
        Row(closed: "nodes-left", words: "2 DataNodes would be left") { input in
            DrainPlanTests.changed { $0.dataNodes[0].admin = .decommissioned }(&input)
        },
        Row(closed: "nodes-left", words: "'minimum-nodes' is 4") { $0.minimumNodes = 4 },
        Row(closed: "nodes-left", words: "not known: cut short") {
            $0.files = .unknown("cut short")
        },
        Row(closed: "space", words: "91 % full") { input in
            DrainPlanTests.changed { state in
                for index in 0..<3 { state.dataNodes[index].remainingBytes = 105 }
            }(&input)
        },
    ]

    @Test(arguments: rows.indices) func `each guard keeps a node by itself`(_ index: Int) {
        let row = Self.rows[index]
        let plan = DrainPlanner(input: Self.input(row.change)).plan()
        let closed = plan.guards.filter { !$0.isOpen }
        #expect(closed.map(\.name).contains(row.closed), "\(plan.sentence)")
        #expect(plan.sentence.hasPrefix("'slave-4' may not go: "))
        #expect(plan.sentence.contains(row.words), "\(plan.sentence)")
    }

    @Test func `ninety of a hundred bytes are not too many`() {
        let plan = DrainPlanner(
            input: Self.input { input in
                DrainPlanTests.changed { state in
                    for index in 0..<3 { state.dataNodes[index].remainingBytes = 116 }
                }(&input)
            }
        ).plan()
        #expect(plan.mayGo, "\(plan.sentence)")
    }
}
