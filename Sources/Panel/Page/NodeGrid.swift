internal import PanelAPI

/// All nodes at a glance: by name, or, where they are too many for names, a square for each.
enum NodeGrid {
    static let maximumNamed = 500
    static let columns = 100
    private static let cell = 10

    static func render(_ nodes: [NodeGlance], cluster: String) -> HTML {
        nodes.count <= maximumNamed ? named(nodes, cluster) : dense(nodes, cluster)
    }

    private static func named(_ nodes: [NodeGlance], _ cluster: String) -> HTML {
        let items = nodes.map { node -> HTML in
            """
            <li class="cell \(node.state.rawValue)"><a \
            href="/clusters/\(cluster)/nodes/\(node.instanceID)">\
            <span class="mark" aria-hidden="true">\(StateMark.shape(node.state))</span>\
            <span class="name">\(node.name)</span>\
            <span class="unseen"> \(node.state.rawValue)</span>\
            <span class="load">\(load(node))</span></a></li>

            """
        }
        return "\(legend(counts(nodes)))<ul class=\"grid-of-nodes\">\n\(HTML(items))</ul>\n"
    }

    private static func load(_ node: NodeGlance) -> HTML {
        guard node.state == .up || node.state == .stale, let load = node.load1 else { return "" }
        return "<span class=\"unseen\">, load </span>\(ChartNumber.short(load))"
    }

    private typealias Counts = [(state: NodeView.State, count: Int)]

    /// How many are what.
    private static func counts(_ nodes: [NodeGlance]) -> Counts {
        var counts: [NodeView.State: Int] = [:]
        for node in nodes { counts[node.state, default: 0] += 1 }
        return NodeView.State.allCases.compactMap { state in counts[state].map { (state, $0) } }
    }

    private static func legend(_ counts: Counts) -> HTML {
        let items = counts.map { state, count -> HTML in
            "<li>\(StateMark.render(state)) <b>\(count)</b></li>"
        }
        return "<ul class=\"legend\">\(HTML(items))</ul>\n"
    }

    // MARK: Many

    /// A path for each state, so that ten thousand nodes are few elements.
    private static func dense(_ nodes: [NodeGlance], _ cluster: String) -> HTML {
        var paths: [NodeView.State: String] = [:]
        for (index, node) in nodes.enumerated() {
            draw(node.state, at: index, in: &paths[node.state, default: ""])
        }
        let drawn = NodeView.State.allCases.compactMap { state -> HTML? in
            paths[state].map { "<path class=\"dense \(state.rawValue)\" d=\"\($0)\"/>\n" }
        }
        let rows = (nodes.count + columns - 1) / columns
        let counts = Self.counts(nodes)
        let words = counts.map { "\($0.count) \($0.state.rawValue)" }.joined(separator: ", ")
        return """
            \(legend(counts))<form class="find" action="/clusters/\(cluster)/nodes">\
            <label>Name or instance <input name="find" type="search" maxlength="100"></label> \
            <button>Find</button></form>
            <svg class="heat" role="img" aria-labelledby="heat-title heat-words" \
            viewBox="0 0 \(columns * cell) \(rows * cell)">
            <title id="heat-title">A square for each of \(nodes.count) nodes, by name</title>
            <desc id="heat-words">\(words)</desc>
            \(HTML(drawn))</svg>

            """
    }

    /// Its shape says the state too: the better, the fuller.
    private static func draw(_ state: NodeView.State, at index: Int, in path: inout String) {
        let square = shape(state)
        path += "M"
        path += String(index % columns * cell + square.right)
        path += " "
        path += String(index / columns * cell + square.down)
        path += square.path
    }

    /// Where in its square it begins, and how it goes on from there.
    private static func shape(_ state: NodeView.State) -> (right: Int, down: Int, path: String) {
        switch state {
        case .up: (1, 1, "h8v8h-8z")
        case .stale: (1, 4, "h8v5h-8z")
        case .draining: (0, 1, "h10l-5 8z")
        case .failed: (5, 0, "l5 9h-10z")
        case .down: (0, 0, "h3l2 3 2-3h3l-3 5 3 5h-3l-2-3-2 3h-3l3-5z")
        default: (5, 1, "l4 4-4 4-4-4z")
        }
    }
}
