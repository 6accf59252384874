internal import PanelAPI

/// Nodes that are emptied before they end: what each does or waits for, and why it does not get on.
enum DrainsPage {
    static func render(
        _ drains: [DrainView], _ balances: [BalanceView], cluster: String, _ frame: PageFrame
    ) -> HTML {
        var frame = frame
        frame.title = "\(cluster): drains"
        frame.cluster = cluster
        frame.place = .drains
        let under = drains.filter { !$0.state.isOver }
        let over = drains.filter(\.state.isOver)
        let none: HTML = "<p>No node is being drained.</p>\n"
        let past: HTML = over.isEmpty ? "" : "<h2>Over</h2>\n\(list(over))"
        return frame.render(
            """
            <h1>Drains of \(cluster)</h1>
            \(PageFrame.live("live-drains", "\(under.isEmpty ? none : list(under))\(past)"))
            <p>A drain is begun by <code>howdah cluster drain</code> and taken back by \
            <code>howdah cluster cancel-drain</code>.</p>
            \(PageFrame.live("live-balances", BalanceList.section(balances)))
            <p>HDFS's data is spread evenly by <code>howdah cluster balance</code>.</p>

            """)
    }

    /// Also of the cluster's own page.
    static func list(_ drains: [DrainView]) -> HTML {
        "<ul class=\"drains plain\">\n\(HTML(drains.map(item)))</ul>\n"
    }

    private static func item(_ drain: DrainView) -> HTML {
        let stall = drain.stall.map { words -> HTML in
            "<p class=\"stall\"><strong>▲ It does not get on:</strong> \(words)</p>\n"
        }
        return """
            <li class="drain \(drain.state.rawValue)"><p><a \
            href="/clusters/\(drain.cluster)/nodes/\(drain.instanceID)">\(drain.node)</a> \
            <b>\(drain.state.rawValue)</b>: \(drain.sentence)</p>
            \(progress(drain))\(stall ?? "")\(files(drain))\(guards(drain))\
            \(DrainRankingTable.render(drain))\
            <small>Asked for by \(drain.requestedBy) \(ChartTime.element(drain.startedAt))\
            \(because(drain)); changed \(ChartTime.element(drain.changedAt))</small></li>

            """
    }

    private static func because(_ drain: DrainView) -> String {
        drain.reason.isEmpty ? "" : ", \(drain.reason)"
    }

    private static func progress(_ drain: DrainView) -> HTML {
        guard let left = drain.blocksLeft, !drain.state.isOver else { return "" }
        guard let start = drain.blocksAtStart, start > 0 else {
            return "<p>\(left) blocks left.</p>\n"
        }
        let done = min(max(start - left, 0), start)
        return """
            <p><progress max="\(start)" value="\(done)" \
            aria-label="blocks of \(drain.node) that have been copied"></progress> \
            \(done) of \(start) blocks have been copied, \(left) are left.</p>

            """
    }

    private static func files(_ drain: DrainView) -> HTML {
        guard let files = drain.openFiles, !files.isEmpty, !drain.state.isOver else { return "" }
        let items = files.map { file -> HTML in "<li>\(file)</li>" }
        return "<p>Written on it now:</p><ul>\(HTML(items))</ul>\n"
    }

    /// What the checks found, where something stood in the way.
    private static func guards(_ drain: DrainView) -> HTML {
        let closed = (drain.plan?.guards ?? []).filter { !$0.isOpen }
        guard !closed.isEmpty else { return "" }
        let items = closed.map { one -> HTML in "<li>\(one.name): \(one.words)</li>" }
        return "<ul>\(HTML(items))</ul>\n"
    }
}
