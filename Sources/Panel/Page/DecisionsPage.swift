internal import Autoscaling
internal import PanelAPI

/// Why the cluster grew or did not, the newest first, a part at a time.
enum DecisionsPage {
    static let rows = 60

    /// `all`: one more than is shown, where there are older ones.
    static func render(
        _ all: [DecisionView], until: Double?, cluster: ClusterSettings, _ frame: PageFrame
    ) -> HTML {
        var frame = frame
        frame.title = "\(cluster.name): decisions"
        frame.cluster = cluster.name
        frame.place = .decisions
        let path = "/clusters/\(cluster.name)/decisions"
        let newest: HTML = until == nil ? "" : "<a href=\"\(path)\">Newest</a> "
        let next: HTML =
            all.count > rows
            ? "<a rel=\"next\" href=\"\(path)?at=\(stamp(all[rows].at))\">Older</a>" : ""
        let list: HTML =
            all.isEmpty
            ? "<p>There is none\(cluster.scaling.mode == .off ? ": autoscaling is off" : "").</p>"
            : DecisionList.render(Array(all.prefix(rows)), prefix: "at")
        return frame.render(
            """
            <h1>Decisions about \(cluster.name)</h1>
            <p>\(rule(cluster.scaling))</p>
            \(PageFrame.live("live-decisions", list))\
            <nav class="pages" aria-label="Pages">\(newest)\(next)</nav>

            """)
    }

    private static func stamp(_ at: Double) -> String { "\(at)" }

    private static func rule(_ scaling: ScalingSettings) -> String {
        let rule = scaling.rule
        return "Rule: where the mean load of '\(rule.role)' nodes that have been up for "
            + "\(Spans.words(rule.warmupSeconds)) stays above "
            + "\(ChartNumber.short(rule.threshold)) for \(Spans.words(rule.breachSeconds)), add "
            + "\(rule.step), up to \(rule.maximum); then rest for "
            + "\(Spans.words(rule.cooldownSeconds)). Mode: \(scaling.mode.rawValue)."
    }
}
