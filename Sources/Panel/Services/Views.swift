internal import PanelAPI

/// Of a node what a verdict is made of.
struct NodeStanding: Sendable, Equatable {
    var name: String
    var role: String
    var state: NodeView.State
    var bootOutcome: BootReport.Outcome?

    init(_ node: NodeView) {
        (name, role, state) = (node.name, node.role, node.state)
        bootOutcome = node.lastBoot?.outcome
    }

    init(_ node: NodeGlance) {
        (name, role, state) = (node.name, node.role, node.state)
        bootOutcome = node.bootOutcome
    }
}

/// What the panel's records come to: pure, so that tables can test it.
enum Views {
    /// Gone nodes stay in sight this long.
    static let goneInSightSeconds = 3600.0

    static func node(
        _ node: NodeRecord, volumes: [VolumeClaim], lastBoot: BootReport?, latest: NodeNews?,
        in cluster: ClusterSettings, now: Double
    ) -> NodeView {
        let boot = lastBoot.map { NodeLife.Boot(id: $0.bootID, outcome: $0.outcome) }
        let life = NodeLife(of: node, lastBoot: boot, in: cluster, now: now)
        return NodeView(
            name: node.name, instanceID: node.instanceID, role: node.role,
            state: life.state,
            address: node.address, silentSeconds: node.heartbeatAt.map { max(0, now - $0) },
            load1: node.load1, loadIsHostWide: node.loadIsHostWide, volumes: volumes,
            lastBoot: lastBoot, latest: latest)
    }

    /// Masters first, then by name, numbers by their value.
    static func ordered(_ nodes: [NodeView]) -> [NodeView] {
        func key(_ node: NodeView) -> (Int, Substring, Int, String) {
            let name = node.name
            let digits = name.utf8.reversed().prefix { (0x30...0x39).contains($0) }.count
            let start = name.utf8.index(name.endIndex, offsetBy: -digits)
            return (
                node.role == MasterElection.role ? 0 : 1, name[..<start],
                Int(name[start...]) ?? 0, node.instanceID
            )
        }
        // Places are moved about while sorting, not nodes, which are large.
        let keys = nodes.map(key)
        return nodes.indices.sorted { keys[$0] < keys[$1] }.map { nodes[$0] }
    }

    static func verdict(_ nodes: [NodeView]) -> String { verdict(nodes.map(NodeStanding.init)) }

    /// One sentence: how it stands, how many are what, and which ones need a look.
    static func verdict(_ nodes: [NodeStanding]) -> String {
        let here = nodes.filter { $0.state != .gone }
        guard !here.isEmpty else { return "empty: no node has enrolled yet" }
        let counts = [
            NodeView.State.up, .stale, .draining, .decommissioned, .booting, .failed, .down,
        ].compactMap { state in
            let names = here.filter { $0.state == state }.map(\.name)
            return names.isEmpty ? nil : count(state, names)
        }
        let numbers = counts.joined(separator: ", ")
        let ill = here.contains { $0.state == .down || $0.state == .failed }
        let master = here.contains {
            $0.role == MasterElection.role && ($0.state == .up || $0.state == .stale)
        }
        if ill { return "unhealthy: \(numbers)" + (master ? "" : "; no master is up") }
        if here.contains(where: { $0.state == .booting }) { return "starting: \(numbers)" }
        let degraded = here.filter { $0.bootOutcome == .degraded }.map(\.name)
        if !master { return "unhealthy: \(numbers); no master is up" }
        guard degraded.isEmpty else {
            return "degraded: \(numbers); boot left something out on \(list(degraded))"
        }
        return "healthy: \(numbers)"
    }

    private static func count(_ state: NodeView.State, _ names: [String]) -> String {
        let number = "\(names.count) \(state.rawValue)"
        return state == .down || state == .failed ? "\(number) (\(list(names)))" : number
    }

    /// The first few names; a verdict is one line.
    private static func list(_ names: [String]) -> String {
        let limit = 5
        let shown = names.prefix(limit).joined(separator: ", ")
        return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
    }
}
