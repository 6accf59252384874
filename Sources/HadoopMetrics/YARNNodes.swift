internal import FoundationEssentials

/// The NodeManagers of a YARN cluster, as the ResourceManager lists them (Hadoop's documentation,
/// "ResourceManager REST API's", Cluster Nodes API).
public struct YARNNodes: Sendable, Equatable {
    public static let path = "/ws/v1/cluster/nodes"
    /// Some 500 bytes for each node.
    public static let maximumBytes = 16 << 20
    /// Those that the scheduler knows: of another one it says 0, whatever runs there
    /// (`NodeInfo.java`).
    static let countedStates: Set<String> = ["RUNNING", "UNHEALTHY", "DECOMMISSIONING"]

    /// Running containers by the NodeManager's name, and by that without its domain.
    private var byName: [String: Int] = [:]
    private var byLabel: [String: Int] = [:]

    /// How many of its containers run on the node that is known by any of these names; nil where
    /// the ResourceManager lists none such, or has lost it.
    public func containers(on names: Set<String>) -> Int? {
        let names = names.map { $0.lowercased() }
        return names.compactMap { byName[$0] }.max()
            ?? names.compactMap { byLabel[Self.label($0)] }.max()
    }

    /// `slave-3` of `slave-3.example.com`; an IPv4 address is whole.
    private static func label(_ name: String) -> String {
        let isAddress = name.utf8.allSatisfy { ".0123456789".utf8.contains($0) }
        return isAddress ? name : String(name.prefix { $0 != "." })
    }
}

extension YARNNodes {
    private struct Answer: Decodable {
        struct Nodes: Decodable {
            var node: [Node]?
        }

        struct Node: Decodable {
            var state: String
            var nodeHostName: String
            var numContainers: Int
        }

        var nodes: Nodes?

        private enum CodingKeys: String, CodingKey { case nodes }

        /// A ResourceManager without nodes says null, or an object with none; one that says nothing
        /// of them is none.
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            let isNone = try container.decodeNil(forKey: .nodes)
            nodes = isNone ? nil : try container.decode(Nodes.self, forKey: .nodes)
        }
    }

    /// Reads an answer. What is not in it is an error, never a zero.
    public init(json bytes: [UInt8]) throws(HadoopFormatError) {
        guard bytes.count <= Self.maximumBytes else {
            throw HadoopFormatError(
                "an answer of \(Self.path) of more than \(Self.maximumBytes) bytes")
        }
        let answer: Answer
        do { answer = try JSONDecoder().decode(Answer.self, from: Data(bytes)) } catch {
            throw HadoopFormatError(
                "the answer of \(Self.path) has no 'nodes' with their state, nodeHostName and "
                    + "numContainers")
        }
        for node in answer.nodes?.node ?? []
        where Self.countedStates.contains(node.state) && node.numContainers >= 0 {
            let name = node.nodeHostName.lowercased()
            byName[name, default: 0] += node.numContainers
            byLabel[Self.label(name), default: 0] += node.numContainers
        }
    }
}
