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
        return "\(legend(nodes))<ul class=\"grid-of-nodes\">\n\(HTML(items))</ul>\n"
    }

    private static func load(_ node: NodeGlance) -> HTML {
        guard node.state == .up || node.state == .stale, let load = node.load1 else { return "" }
        return "<span class=\"unseen\">, load </span>\(ChartNumber.short(load))"
    }

    /// How many are what.
    private static func legend(_ nodes: [NodeGlance]) -> HTML {
        let items = NodeView.State.allCases.compactMap { state -> HTML? in
            let count = nodes.count { $0.state == state }
            guard count > 0 else { return nil }
            return "<li>\(StateMark.render(state)) <b>\(count)</b></li>"
        }
        return "<ul class=\"legend\">\(HTML(items))</ul>\n"
    }

    // MARK: Many

    /// A path for each state, so that ten thousand nodes are few elements.
    private static func dense(_ nodes: [NodeGlance], _ cluster: String) -> HTML {
        var paths: [NodeView.State: String] = [:]
        for (index, node) in nodes.enumerated() {
            paths[node.state, default: ""] += square(index, node.state)
        }
        let drawn = NodeView.State.allCases.compactMap { state -> HTML? in
            paths[state].map { "<path class=\"dense \(state.rawValue)\" d=\"\($0)\"/>\n" }
        }
        let rows = (nodes.count + columns - 1) / columns
        let counts = NodeView.State.allCases.compactMap { state -> String? in
            let count = nodes.count { $0.state == state }
            return count > 0 ? "\(count) \(state.rawValue)" : nil
        }
        return """
            \(legend(nodes))<form class="find" action="/clusters/\(cluster)/nodes">\
            <label>Name or instance <input name="find" type="search" maxlength="100"></label> \
            <button>Find</button></form>
            <svg class="heat" role="img" aria-labelledby="heat-title heat-words" \
            viewBox="0 0 \(columns * cell) \(rows * cell)">
            <title id="heat-title">A square for each of \(nodes.count) nodes, by name</title>
            <desc id="heat-words">\(counts.joined(separator: ", "))</desc>
            \(HTML(drawn))</svg>

            """
    }

    /// Its shape says the state too: the better, the fuller.
    private static func square(_ index: Int, _ state: NodeView.State) -> String {
        let (x, y) = (index % columns * cell, index / columns * cell)
        switch state {
        case .up: return "M\(x + 1) \(y + 1)h8v8h-8z"
        case .stale: return "M\(x + 1) \(y + 4)h8v5h-8z"
        case .draining: return "M\(x) \(y + 1)h10l-5 8z"
        case .failed: return "M\(x + 5) \(y)l5 9h-10z"
        case .down: return "M\(x) \(y)h3l2 3 2-3h3l-3 5 3 5h-3l-2-3-2 3h-3l3-5z"
        default: return "M\(x + 5) \(y + 1)l4 4-4 4-4-4z"
        }
    }
}
