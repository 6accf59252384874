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
        NodeView(
            name: node.name, instanceID: node.instanceID, role: node.role,
            state: NodeLife(of: node, in: cluster, now: now).state,
            address: node.address, silentSeconds: node.heartbeatAt.map { max(0, now - $0) },
            load1: node.load1, loadIsHostWide: node.loadIsHostWide, volumes: volumes,
            lastBoot: lastBoot, latest: latest)
    }

    static func ordered(_ nodes: [NodeView]) -> [NodeView] {
        NodeOrder.sorted(nodes) {
            NodeOrder(name: $0.name, role: $0.role, instanceID: $0.instanceID)
        }
    }

    static func verdict(_ nodes: [NodeView]) -> String { verdict(nodes.map(NodeStanding.init)) }

    /// One sentence: how it stands, how many are what, and which ones need a look.
    static func verdict(_ nodes: [NodeStanding]) -> String {
        let here = nodes.filter { $0.state != .gone }
        guard !here.isEmpty else { return "empty: no node has enrolled yet" }
        var tallies: [NodeView.State: Tally] = [:]
        var degraded = Tally()
        var master = false
        for node in here {
            tallies[node.state, default: Tally()].add(node.name)
            if node.bootOutcome == .degraded { degraded.add(node.name) }
            let isUp = node.state == .up || node.state == .stale
            if isUp, node.role == MasterElection.role { master = true }
        }
        let numbers = [
            NodeView.State.up, .stale, .draining, .decommissioned, .booting, .failed, .down,
        ].compactMap { state in tallies[state].map { count(state, $0) } }.joined(separator: ", ")
        if tallies[.down] != nil || tallies[.failed] != nil {
            return "unhealthy: \(numbers)" + (master ? "" : "; no master is up")
        }
        if tallies[.booting] != nil { return "starting: \(numbers)" }
        if !master { return "unhealthy: \(numbers); no master is up" }
        guard degraded.count == 0 else {
            return "degraded: \(numbers); boot left something out on \(degraded.words)"
        }
        return "healthy: \(numbers)"
    }

    private static func count(_ state: NodeView.State, _ tally: Tally) -> String {
        let number = "\(tally.count) \(state.rawValue)"
        return state == .down || state == .failed ? "\(number) (\(tally.words))" : number
    }

    /// How many, and the first few names; a verdict is one line.
    private struct Tally {
        static let shown = 5

        var count = 0
        var names: [String] = []

        mutating func add(_ name: String) {
            count += 1
            if names.count < Self.shown { names.append(name) }
        }

        var words: String {
            let list = names.joined(separator: ", ")
            return count > names.count ? "\(list) and \(count - names.count) more" : list
        }
    }
}
