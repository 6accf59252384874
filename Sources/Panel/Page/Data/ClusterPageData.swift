internal import Autoscaling
internal import GRDB
internal import PanelAPI

/// All that a cluster's page shows, as it was at one moment.
struct ClusterPageData: Sendable {
    /// A node that the cloud has something in mind for.
    struct Warned: Sendable, Equatable {
        var instanceID: String
        var notices: [CloudNotice]
    }

    var cluster: ClusterSettings
    var now: Double
    var range: PageRange
    var nodes: [NodeGlance]
    var launching: Int
    /// The newest first.
    var decisions: [DecisionView]
    /// The oldest first, as those that follow.
    var history: [ClusterHistory.Point]
    var events: [ScalingEvent]
    /// When the autoscaler rested.
    var rests: [ClosedRange<Double>]
    /// Of the role that grows.
    var mean: Double?
    var growth: ScalingInput.Growth?
    var warned: [Warned]
    /// Under way, and those that ended within the hour.
    var drains: [DrainView]
    var balances: [BalanceView]
    /// Nil where it is not known.
    var hdfs: HDFSHealth?
    /// Of the nodes, where there are few enough for a table.
    var claims: [String: [VolumeClaim]]

    var from: Double { now - range.seconds }

    /// `Healthy: 7 up, 2 launching, max 10 slaves`.
    var verdict: String {
        var words = Views.verdict(nodes.map(NodeStanding.init))
        let isTold = nodes.contains { $0.state.rawValue == "draining" }
        let draining = drains.count { !$0.state.isOver }
        if draining > 0, !isTold { words += ", \(draining) draining" }
        if launching > 0 { words += ", \(launching) launching" }
        if let maximum { words += ", max \(maximum.count)\(maximum.of)" }
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// Nil where nothing makes the cluster grow.
    private var maximum: (count: Int, of: String)? {
        let rule = cluster.scaling.rule
        if cluster.scaling.mode != .off {
            return (rule.maximum, rule.maximum == 1 ? " \(rule.role)" : " \(rule.role)s")
        }
        return cluster.launch.isEmpty ? nil : (cluster.maximumNodes, "")
    }

    var forecast: Forecast {
        let rule = cluster.scaling.rule
        let size = nodes.count { $0.role == rule.role && $0.state != .gone } + launching
        return Forecast(
            mode: cluster.scaling.mode, rule: rule, last: decisions.first, mean: mean, size: size,
            growth: growth, now: now)
    }
}
