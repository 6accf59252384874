/// Masters first, then by name, numbers by their value.
struct NodeOrder: Comparable {
    private let key: (Int, String, Int, String)

    init(name: String, role: String, instanceID: String) {
        let digits = name.utf8.reversed().prefix { (0x30...0x39).contains($0) }.count
        let start = name.utf8.index(name.endIndex, offsetBy: -digits)
        key = (
            role == MasterElection.role ? 0 : 1, String(name[..<start]),
            Int(name[start...]) ?? 0, instanceID
        )
    }

    static func == (first: NodeOrder, second: NodeOrder) -> Bool { first.key == second.key }
    static func < (first: NodeOrder, second: NodeOrder) -> Bool { first.key < second.key }

    /// Places are moved about while sorting, not nodes, which are large.
    static func sorted<Node>(_ nodes: [Node], by order: (Node) -> NodeOrder) -> [Node] {
        let orders = nodes.map(order)
        return nodes.indices.sorted { orders[$0] < orders[$1] }.map { nodes[$0] }
    }
}
