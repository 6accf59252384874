internal import PanelAPI

/// One node: what it is, what it measured, its boot step by step, its volumes, what happened.
enum NodePage {
    static func render(_ data: NodePageData, _ frame: PageFrame) -> HTML {
        var frame = frame
        frame.title = "\(data.node.name): \(data.life.state.rawValue)"
        frame.cluster = data.cluster.name
        frame.place = .nodes
        let boot: HTML =
            data.boot.map { BootSection.render($0) } ?? "<h2>Boot</h2><p>No boot was reported.</p>"
        return frame.render(
            """
            \(PageFrame.live("live-facts", facts(data)))\
            \(PageFrame.live("live-metrics", metrics(data)))\
            \(PageFrame.live("live-boot", boot))\
            \(PageFrame.live("live-volumes", volumes(data)))\
            \(PageFrame.live("live-events", events(data)))
            """)
    }

    private static func facts(_ data: NodePageData) -> HTML {
        let node = data.node
        let facts: [(String, HTML)] = [
            ("State", "\(StateMark.render(data.life.state)) <small>\(data.life.cause)</small>"),
            ("Instance", "\(node.instanceID)"), ("Role", "\(node.role)"),
            ("Address", "\(node.address)"), ("Host name", "\(node.hostname)"),
            ("Zone", "\(node.zone)\(node.zoneID.map { " (\($0))" } ?? "")"),
            ("EC2 says", "\(node.cloudState)"), ("Enrolled", ChartTime.element(node.enrolledAt)),
            ("Last heartbeat", node.heartbeatAt.map { ChartTime.element($0) } ?? "none yet"),
        ]
        let notices = (data.news?.notices ?? []).map { "<li>\($0.description)</li>" as HTML }
        let warning: HTML =
            notices.isEmpty
            ? "" : "<h2>Notices of the cloud</h2><ul class=\"plain\">\(HTML(notices))</ul>"
        return """
            <h1>\(node.name)</h1>
            <dl class="facts">
            \(HTML(facts.map { "<div><dt>\($0)</dt><dd>\($1)</dd></div>\n" }))</dl>
            \(warning)
            """
    }

    // MARK: Metrics

    /// Which metrics share a chart, with the factor that makes the unit.
    private struct Group {
        var id: String
        var title: String
        var unit = ""
        var metrics: [(Metric, String, Double)]
    }

    private static let groups = [
        Group(
            id: "load", title: "Load",
            metrics: [(.load1, "load, 1 minute", 1), (.runQueue, "tasks that run or wait", 1)]),
        Group(
            id: "processors", title: "Processors", unit: "%",
            metrics: [(.user, "user", 1), (.system, "system", 1), (.iowait, "waits for disk", 1)]),
        Group(
            id: "disks", title: "Disks", unit: "B/s",
            metrics: [(.blocksRead, "read", 512), (.blocksWritten, "written", 512)]),
        Group(
            id: "network", title: "Network", unit: "B/s",
            metrics: [(.bytesReceived, "received", 1), (.bytesSent, "sent", 1)]),
        Group(
            id: "paging", title: "Paging", unit: "B/s",
            metrics: [(.pagedIn, "in", 1024), (.pagedOut, "out", 1024)]),
        Group(
            id: "kernel", title: "Kernel", unit: "/s",
            metrics: [(.contextSwitches, "context switches", 1), (.faults, "page faults", 1)]),
        Group(id: "tasks", title: "Tasks", metrics: [(.tasks, "tasks", 1)]),
        Group(
            id: "tcp", title: "TCP",
            metrics: [
                (.tcpAborts, "aborts with data, /s", 1), (.maximumRTO, "longest RTO, ms", 1),
            ]),
    ]

    private static func metrics(_ data: NodePageData) -> HTML {
        let path = "/clusters/\(data.cluster.name)/nodes/\(data.node.instanceID)"
        let charts = groups.map { chart($0, data).render() }
        return """
            <div class="heading"><h2>Metrics</h2>
            \(data.range.links(path))</div>
            <div class="charts">\(HTML(charts))</div>

            """
    }

    private static func chart(_ group: Group, _ data: NodePageData) -> LineChart {
        let span = Double(data.series.first?.spanSeconds ?? 0)
        let lines = group.metrics.enumerated().map { index, metric in
            let series = data.series.first { $0.metric == metric.0.rawValue }
            let points = (series?.points ?? []).map {
                ChartPoint($0.at, $0.summary.mean * metric.2)
            }
            return LineChart.Line(
                name: metric.1, points: ChartPoint.thinned(points, from: data.from, to: data.now),
                color: index)
        }
        let width = data.range.seconds / Double(ChartPoint.maximumPoints)
        return LineChart(
            id: "metric-\(group.id)", title: group.title, unit: group.unit, from: data.from,
            to: data.now, gap: max(span * 2.5, data.cluster.heartbeatSeconds * 2.5, width * 2.5),
            lines: lines)
    }

    // MARK: Volumes and events

    private static func volumes(_ data: NodePageData) -> HTML {
        let claims = data.claims.map { claim -> HTML in
            let space = data.news?.space?.first { $0.mount == claim.mount }
            return """
                <li><b>\(claim.mount)</b> \
                \(NodeTable.volume(claim, of: data.life.state)) \(filled(space))</li>

                """
        }
        let known = Set(data.claims.map(\.mount))
        let others = (data.news?.space ?? []).filter { !known.contains($0.mount) }
            .map { space -> HTML in "<li><b>\(space.mount)</b> \(filled(space))</li>\n" }
        let all = claims + others
        guard !all.isEmpty else { return "<h2>Volumes</h2>\n<p>It has none.</p>\n" }
        return "<h2>Volumes</h2>\n<ul class=\"plain\">\(HTML(all))</ul>\n"
    }

    private static func filled(_ space: MountSpace?) -> HTML {
        guard let space else { return "" }
        guard space.isMounted else { return "<strong>not mounted</strong>" }
        guard let all = space.bytes, let free = space.availableBytes, all > 0 else {
            return "mounted"
        }
        let used = Int(((all - free) / all * 100).rounded())
        return """
            <meter min="0" max="100" high="90" value="\(used)" aria-label="used">\(used) %</meter> \
            \(used) % of \(ChartNumber.words(all))B used
            """
    }

    private static func events(_ data: NodePageData) -> HTML {
        "<h2>What happened</h2>\n\(AuditPage.table(data.events))"
    }
}

extension ChartPoint {
    /// Of one line; of more, those that fall together are their mean.
    static let maximumPoints = 300

    static func thinned(_ points: [ChartPoint], from: Double, to: Double) -> [ChartPoint] {
        guard points.count > maximumPoints, to > from else { return points }
        let width = (to - from) / Double(maximumPoints)
        var bins: [(at: Double, sum: Double, count: Int, bin: Int)] = []
        for point in points {
            guard let value = point.value, value.isFinite else { continue }
            let bin = Int((point.at - from) / width)
            if let last = bins.last, last.bin == bin {
                bins[bins.count - 1] = (point.at, last.sum + value, last.count + 1, bin)
            } else {
                bins.append((point.at, value, 1, bin))
            }
        }
        return bins.map { ChartPoint($0.at, $0.sum / Double($0.count)) }
    }
}
