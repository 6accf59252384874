internal import Autoscaling
internal import PanelAPI

/// A cluster over time: load with the threshold, and below it on the same time how many nodes.
struct ClusterChart: Sendable {
    static let loadHeight = 190.0
    static let nodesHeight = 84.0
    /// Longer silence breaks a line: the panel was away.
    static let gapSeconds = 3.5 * ClusterHistory.intervalSeconds

    let data: ClusterPageData

    init(_ data: ClusterPageData) { self.data = data }

    func render() -> HTML {
        let heading: HTML = "<h2 id=\"load\">Load and size</h2>\n"
        let ranges = data.range.links("/clusters/\(data.cluster.name)")
        guard !data.history.isEmpty else {
            return """
                <div class="heading">\(heading)\(ranges)</div>
                <p class="nothing">Nothing was written down in this time; a point comes every \
                minute.</p>

                """
        }
        return """
            <div class="heading">\(heading)\(ranges)</div>
            <figure class="chart wide"><figcaption>Mean load\(role)\(key)</figcaption>
            \(load)<figcaption>Nodes<ul class="legend"><li>\(sample("nodes")) up</li>\
            <li>\(sample("all")) with those that boot, failed or are down</li></ul></figcaption>
            \(nodes)</figure>
            \(list)
            """
    }

    private var gap: Double {
        max(Self.gapSeconds, 2.5 * data.range.seconds / Double(ClusterHistory.maximumPoints))
    }

    private var scaling: ScalingSettings { data.cluster.scaling }
    private var isScaling: Bool { scaling.mode != .off }

    private var role: String {
        isScaling ? " of '\(scaling.rule.role)'" : ""
    }

    private var key: HTML {
        var items: [HTML] = []
        if isScaling {
            items.append("<li>\(sample("threshold")) threshold</li>")
            items.append("<li>\(swatch("rest")) rest after growth</li>")
        }
        if !data.events.isEmpty { items.append("<li>▲ nodes ordered, ▼ ended, ✕ none came</li>") }
        return items.isEmpty ? "" : "<ul class=\"legend\">\(HTML(items))</ul>"
    }

    private func sample(_ style: String) -> HTML {
        """
        <svg class="key" viewBox="0 0 20 8" aria-hidden="true">\
        <path class="line \(style)" d="M0 4H20"/></svg>
        """
    }

    private func swatch(_ style: String) -> HTML {
        """
        <svg class="key" viewBox="0 0 20 8" aria-hidden="true">\
        <rect class="\(style)" width="20" height="8"/></svg>
        """
    }

    // MARK: Load

    private var load: HTML {
        let loads = data.history.map { ChartPoint($0.at, $0.load) }
        let shown = loads.compactMap(\.value) + (isScaling ? [scaling.rule.threshold * 1.15] : [])
        let scale = ChartScale.around(
            shown, from: data.from, to: data.now, height: Self.loadHeight)
        let line = ChartPath.line(loads, scale, gap: gap)
        let frame = ChartFrame(
            id: "load-plot", title: "Mean load", words: loadWords(loads.compactMap(\.value)),
            scale: scale, hasTimes: false)
        return frame.render(
            under: HTML(rests(scale) + [band(scale)]),
            paths: "<path class=\"line load\" d=\"\(line)\"/>",
            over: HTML([threshold(scale), markers(scale)]))
    }

    private func loadWords(_ loads: [Double]) -> String {
        guard let least = loads.min(), let greatest = loads.max(), let last = loads.last else {
            return "No load was told in this time."
        }
        let limit =
            isScaling ? "; the threshold is \(ChartNumber.short(scaling.rule.threshold))" : ""
        return "From \(ChartNumber.short(least)) to \(ChartNumber.short(greatest)) in "
            + "\(data.range.words), last \(ChartNumber.short(last))\(limit)."
    }

    /// All above the threshold.
    private func band(_ scale: ChartScale) -> HTML {
        guard isScaling else { return "" }
        let y = ChartNumber.short(scale.y(scaling.rule.threshold))
        return "<rect class=\"breach\" width=\"100%\" height=\"\(y)\"/>"
    }

    private func threshold(_ scale: ChartScale) -> HTML {
        guard isScaling else { return "" }
        let y = ChartNumber.short(scale.y(scaling.rule.threshold))
        return "<line class=\"line threshold\" x1=\"0\" x2=\"100%\" y1=\"\(y)\" y2=\"\(y)\"/>"
    }

    /// Where the autoscaler rests after what it did.
    private func rests(_ scale: ChartScale) -> [HTML] {
        data.rests.map { rest in
            let width = (rest.upperBound - rest.lowerBound) / data.range.seconds * 100
            return """
                <rect class="rest" x="\(scale.percent(rest.lowerBound))" \
                width="\(ChartNumber.short(width))%" height="\(Int(scale.height))"/>
                """
        }
    }

    private func markers(_ scale: ChartScale) -> HTML {
        HTML(bins.map { marker($0, scale) })
    }

    private var bins: [[ScalingEvent]] {
        ScalingEvent.binned(data.events, from: data.from, to: data.now)
    }

    private func marker(_ events: [ScalingEvent], _ scale: ChartScale) -> HTML {
        let x = scale.percent(events[0].at)
        return """
            <g class="event"><title>\(Self.words(events))</title>\
            <line x1="\(x)" x2="\(x)" y1="26" y2="\(Int(scale.height))"/>\
            <text class="sign" x="\(x)" y="11">\(Self.sign(events))</text>\
            <text class="count" x="\(x)" y="23">\(ScalingEvent.change(events))</text></g>
            """
    }

    private static func sign(_ events: [ScalingEvent]) -> String {
        if events.allSatisfy({ $0.kind == .failed }) { return "✕" }
        return ScalingEvent.change(events).hasPrefix("-") ? "▼" : "▲"
    }

    private static func words(_ events: [ScalingEvent]) -> String {
        let first = events[0]
        let rest = events.count > 1 ? " and \(events.count - 1) more" : ""
        return "\(ChartTime.clock(first.at)) by \(first.by): \(first.reason)\(rest)"
    }

    // MARK: Nodes

    private var nodes: HTML {
        let up = data.history.map { ChartPoint($0.at, Double($0.up)) }
        let all = data.history.map { ChartPoint($0.at, Double($0.up + $0.others)) }
        let scale = ChartScale.around(
            all.compactMap { ($0.value ?? 0) + 1 }, from: data.from, to: data.now,
            height: Self.nodesHeight)
        let last = data.history.last
        let words =
            "\(last?.up ?? 0) up of \((last?.up ?? 0) + (last?.others ?? 0)) now; in "
            + "\(data.range.words) from \(data.history.map(\.up).min() ?? 0) to "
            + "\(data.history.map(\.up).max() ?? 0) up."
        let frame = ChartFrame(id: "nodes-plot", title: "Nodes", words: words, scale: scale)
        return frame.render(
            paths: """
                <path class="line all" d="\(ChartPath.steps(all, scale, gap: gap))"/>
                <path class="line nodes" d="\(ChartPath.steps(up, scale, gap: gap))"/>
                """)
    }

    /// The markers' words, for who cannot point at them.
    private var list: HTML {
        guard !data.events.isEmpty else { return "" }
        let shown = data.events.suffix(50).reversed().map { event -> HTML in
            let what =
                switch event.kind {
                case .grown: "\(event.count) ordered"
                case .failed: "\(event.count) ordered, none came"
                case .ended: "ended"
                }
            return
                "<li>\(ChartTime.element(event.at)) \(what) by \(event.by): \(event.reason)</li>\n"
        }
        let count = data.events.count
        return """
            <details id="events"><summary>\(count) change\(count == 1 ? "" : "s") of size in \
            this time</summary>
            <ul class="plain">\(HTML(shown))</ul></details>

            """
    }
}
