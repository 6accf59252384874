internal import HadoopMetrics
internal import PanelAPI

/// The nodes of a cluster by what it would cost to drain each: its share of all bytes of HDFS, and
/// its share of all containers of YARN where a ResourceManager tells of them.
struct DrainRanking: Sendable {
    let input: DrainInput

    /// The cheapest first, and those that cannot be drained last.
    var candidates: [DrainPlan.Candidate] {
        let dataNodes = input.hdfs.value.map(found) ?? [:]
        let all = input.nodes.map { candidate($0, dataNodes[$0.instanceID]) }
        let bytes = all.compactMap(\.usedBytes).map { Double($0) }
        let containers = all.compactMap(\.containers).map { Double($0) }
        // Who is not known counts as the one who has the most.
        func share(_ value: Double?, _ values: [Double]) -> Double {
            let sum = values.reduce(0, +)
            return sum > 0 ? (value ?? values.max() ?? 0) / sum : 0
        }
        let keyed = all.map { one in
            let cost =
                share(one.usedBytes.map { Double($0) }, bytes)
                + share(one.containers.map { Double($0) }, containers)
            return (key: (one.obstacle == nil ? 0 : 1, cost, one.node), one: one)
        }
        return keyed.sorted { $0.key < $1.key }.prefix(DrainPlan.maximumCandidates).map { $0.one }
    }

    /// Each node's DataNode, by the node's instance; a live one before a dead one.
    private func found(in hdfs: HDFSState) -> [String: HDFSState.DataNode] {
        var byName: [String: HDFSState.DataNode] = [:]
        for own in hdfs.dataNodes {
            for name in own.names where byName[name]?.isLive != true { byName[name] = own }
        }
        var found: [String: HDFSState.DataNode] = [:]
        for node in input.nodes {
            let known = node.names.compactMap { byName[$0] }
            found[node.instanceID] = known.first(where: \.isLive) ?? known.first
        }
        return found
    }

    private func candidate(
        _ node: DrainInput.Node, _ own: HDFSState.DataNode?
    ) -> DrainPlan.Candidate {
        DrainPlan.Candidate(
            node: node.name, instanceID: node.instanceID,
            usedBytes: own?.isLive == true ? own?.usedBytes : nil,
            blocks: own?.isLive == true ? own?.blocks : nil,
            containers: input.yarn?.value?.containers(on: node.names),
            obstacle: obstacle(node, own))
    }

    private func obstacle(_ node: DrainInput.Node, _ own: HDFSState.DataNode?) -> String? {
        if node.role == MasterElection.role || node.instanceID == input.masterID {
            return "it is the master"
        }
        if node.isProtected { return "its tag '\(DrainPlanner.protectTag)' says that it stays" }
        guard let own else { return "the NameNode does not list it" }
        if !own.isLive { return "the NameNode holds it for dead" }
        return own.admin == .inService ? nil : "it is not in service"
    }
}
