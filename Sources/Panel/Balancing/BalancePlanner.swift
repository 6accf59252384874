internal import HadoopMetrics
internal import PanelAPI

/// What HDFS's balancer would do, by its own rule (`Balancer.init` of Hadoop 3): a DataNode whose
/// use is further from the mean than the threshold gives or takes what is beyond it.
struct BalancePlanner: Sendable {
    var terms: BalanceTerms
    var hdfs: Seen<HDFSState>
    /// Of the cluster's nodes: what the NameNode may call each.
    var names: [String: Set<String>]
    /// The node that is being drained.
    var draining: String?

    func plan() -> BalancePlan {
        switch hdfs {
        case .unknown(let why):
            return BalancePlan(
                terms: terms, meanPercent: 0, nodes: [], bytesToMove: 0, leastSeconds: 0,
                obstacle: nil, sentence: "what is to be moved is not known: \(why)")
        case .known(let state): return plan(state)
        }
    }

    private func plan(_ state: HDFSState) -> BalancePlan {
        let serving = state.serving.filter { $0.capacityBytes > 0 }
        let capacity = serving.reduce(0.0) { $0 + Double($1.capacityBytes) }
        let used = serving.reduce(0.0) { $0 + Double($1.usedBytes) }
        let mean = capacity > 0 ? used / capacity * 100 : 0
        let nodes = serving.map { node(of: $0, mean: mean) }
            .sorted { ($1.usedPercent, $0.node) < ($0.usedPercent, $1.node) }
        let over = nodes.reduce(0) { $0 + max(0, $1.excessBytes) }
        let under = nodes.reduce(0) { $0 + max(0, -$1.excessBytes) }
        let bytes = max(over, under)
        let most = nodes.map { abs($0.excessBytes) }.max() ?? 0
        let obstacle = obstacle(state, serving.count)
        return BalancePlan(
            terms: terms, meanPercent: mean,
            nodes: Array(nodes.prefix(BalancePlan.maximumNodes)), bytesToMove: bytes,
            leastSeconds: Double(most) / Double(terms.bandwidth), obstacle: obstacle,
            sentence: obstacle.map { "it cannot be balanced now: \($0)" }
                ?? sentence(bytes, nodes.count { $0.excessBytes != 0 }, nodes.count))
    }

    private func node(of one: HDFSState.DataNode, mean: Double) -> BalancePlan.Node {
        let capacity = Double(one.capacityBytes)
        let difference = Double(one.usedBytes) / capacity * 100 - mean
        let beyond = max(0, abs(difference) - terms.threshold) / 100 * capacity
        let name = names.first { !$0.value.isDisjoint(with: one.names) }?.key
        return BalancePlan.Node(
            node: name ?? one.names.min() ?? "", usedBytes: one.usedBytes,
            capacityBytes: one.capacityBytes,
            excessBytes: Int64(difference < 0 ? -beyond : beyond))
    }

    private func obstacle(_ state: HDFSState, _ serving: Int) -> String? {
        if let draining {
            return "'\(draining)' is being drained; wait for that, or take it back with "
                + "'howdah cluster cancel-drain \(draining)'"
        }
        if let safe = state.safeMode { return "the NameNode is in safe mode: \(safe)" }
        guard serving < 2 else { return nil }
        let found = Amounts.count(serving, "DataNode that takes", "DataNodes that take")
        return "HDFS has \(found) blocks; balancing takes two"
    }

    private func sentence(_ bytes: Int64, _ beyond: Int, _ all: Int) -> String {
        let whole = Int(terms.threshold)
        let number = Double(whole) == terms.threshold ? "\(whole)" : "\(terms.threshold)"
        let threshold = "\(number) \(terms.threshold == 1 ? "point" : "points")"
        guard bytes > 0 else {
            return "all \(all) DataNodes are within \(threshold) of the mean: nothing is to "
                + "be moved"
        }
        return "\(beyond) of \(all) DataNodes are more than \(threshold) from the mean: "
            + "\(Amounts.bytes(bytes)) are to be moved"
    }
}
