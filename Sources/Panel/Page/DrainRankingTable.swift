internal import PanelAPI

/// Which nodes were cheapest to drain when a drain was asked for.
enum DrainRankingTable {
    /// `howdah cluster drain NODE --dry-run` has them all.
    static let maximumRows = 10

    static func render(_ drain: DrainView) -> HTML {
        guard let ranking = drain.plan?.ranking, !ranking.isEmpty else { return "" }
        let hasContainers = ranking.contains { $0.containers != nil }
        let rest = ranking.count - maximumRows
        let more: HTML = rest > 0 ? "<p>and \(rest) more</p>\n" : ""
        let head: HTML = hasContainers ? "<th scope=\"col\" class=\"number\">Containers</th>" : ""
        let rows = ranking.prefix(maximumRows).map { row($0, drain, hasContainers) }
        return """
            <details id="ranking-\(drain.id)"><summary>Nodes, the cheapest to drain first</summary>
            <div class="scroll"><table>
            <caption>Nodes, the cheapest to drain first</caption>
            <thead><tr><th scope="col">Node</th><th scope="col" class="number">HDFS</th>\
            <th scope="col" class="number">Blocks</th>\(head)<th scope="col">In the way</th></tr>\
            </thead>
            <tbody>
            \(HTML(rows))</tbody>
            </table></div>
            \(more)</details>

            """
    }

    private static func row(
        _ one: DrainPlan.Candidate, _ drain: DrainView, _ hasContainers: Bool
    ) -> HTML {
        let used = one.usedBytes.map { Amounts.bytes($0) } ?? "unknown"
        let containers: HTML = hasContainers ? number("Containers", one.containers) : ""
        let chosen = one.instanceID == drain.instanceID ? " (this one)" : ""
        return """
            <tr><th scope="row">\(one.node)\(chosen)</th>\
            <td class="number" data-label="HDFS">\(used)</td>\
            \(number("Blocks", one.blocks))\(containers)\
            <td data-label="In the way">\(one.obstacle ?? "nothing")</td></tr>

            """
    }

    private static func number(_ label: String, _ value: Int?) -> HTML {
        let text = value.map { String($0) } ?? "unknown"
        return "<td class=\"number\" data-label=\"\(label)\">\(text)</td>"
    }
}
