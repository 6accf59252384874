internal import PanelAPI

/// A cluster's page: how it stands, in words, then over time, then node by node.
enum ClusterPage {
    static func render(_ data: ClusterPageData, _ frame: PageFrame) -> HTML {
        var frame = frame
        let words = data.verdict
        frame.title = "\(data.cluster.name): \(words)"
        frame.cluster = data.cluster.name
        frame.place = .cluster
        return frame.render(
            """
            \(PageFrame.live("live-verdict", verdict(words, data)))\
            \(PageFrame.live("live-charts", ClusterChart(data).render()))\
            \(PageFrame.live("live-warned", attention(data)))\
            \(PageFrame.live("live-drains", drains(data)))\
            \(PageFrame.live("live-nodes", nodes(data)))\
            \(PageFrame.live("live-decisions", decisions(data)))
            """)
    }

    /// `healthy` of `Healthy: 3 up`.
    static func mood(_ verdict: String) -> String {
        verdict.prefix { $0 != ":" }.lowercased()
    }

    private static func verdict(_ words: String, _ data: ClusterPageData) -> HTML {
        """
        <h1 id="verdict" class="\(mood(words))">\(words)</h1>
        <p class="forecast">\(sentence(data.forecast.words)).</p>
        \(hdfs(data.hdfs))

        """
    }

    private static func hdfs(_ health: HDFSHealth?) -> HTML {
        guard let lines = health?.lines, !lines.isEmpty else { return "" }
        let words = lines.map { line -> HTML in
            line.isIll ? "<li><strong>▲ \(line.words)</strong></li>" : "<li>\(line.words)</li>"
        }
        return "<ul class=\"legend hdfs\" aria-label=\"HDFS\"><li>HDFS:</li>\(HTML(words))</ul>"
    }

    static func sentence(_ words: String) -> String {
        words.prefix(1).uppercased() + words.dropFirst()
    }

    private static func nodes(_ data: ClusterPageData) -> HTML {
        guard !data.nodes.isEmpty else {
            return """
                <h2>Nodes</h2>
                <p>Nodes appear here when they boot with this panel in their cluster file.</p>

                """
        }
        let path = "/clusters/\(data.cluster.name)"
        let table: HTML =
            data.nodes.count <= PageReader.tableNodes
            ? NodeTable.render(data.nodes, claims: data.claims, cluster: data.cluster.name)
            : """
            <p><a href="\(path)/nodes">All \(data.nodes.count) nodes as a table</a></p>

            """
        return """
            <h2 id="nodes">Nodes</h2>
            \(NodeGrid.render(data.nodes, cluster: data.cluster.name))\(table)
            """
    }

    /// What a person should look at, worst first.
    private static func attention(_ data: ClusterPageData) -> HTML {
        let ill = data.nodes.filter { $0.state == .failed || $0.state == .down }
        let warned = Set(data.warned.map(\.instanceID))
        let names = Dictionary(
            data.nodes.filter { warned.contains($0.instanceID) }.map { ($0.instanceID, $0.name) }
        ) { $1 }
        let rows =
            ill.prefix(PageReader.maximumWarned).map { node -> HTML in
                """
                <li>\(link(node.instanceID, node.name, data)) \(StateMark.render(node.state)): \
                \(node.cause)</li>

                """
            }
            + data.warned.map { warned -> HTML in
                """
                <li>\(link(warned.instanceID, names[warned.instanceID] ?? "", data)) \
                \(warned.notices.map(\.description).joined(separator: "; "))</li>

                """
            }
        guard !rows.isEmpty else { return "" }
        let more = max(0, ill.count - PageReader.maximumWarned)
        let rest: HTML = more > 0 ? "<li>and \(more) more</li>" : ""
        return "<h2>To look at</h2>\n<ul class=\"plain\">\n\(HTML(rows))\(rest)</ul>\n"
    }

    private static func link(
        _ instanceID: String, _ name: String, _ data: ClusterPageData
    ) -> HTML {
        "<a href=\"/clusters/\(data.cluster.name)/nodes/\(instanceID)\">\(name)</a>"
    }

    private static func drains(_ data: ClusterPageData) -> HTML {
        let drains: HTML =
            data.drains.isEmpty ? "" : "<h2>Drains</h2>\n\(DrainsPage.list(data.drains))"
        return "\(drains)\(BalanceList.section(data.balances))"
    }

    private static func decisions(_ data: ClusterPageData) -> HTML {
        guard !data.decisions.isEmpty else { return "" }
        return """
            <h2>Decisions</h2>
            \(DecisionList.render(data.decisions, prefix: "last"))\
            <p><a href="/clusters/\(data.cluster.name)/decisions">All decisions</a></p>

            """
    }
}
