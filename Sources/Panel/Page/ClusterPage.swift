internal import PanelAPI

/// The panel's first page: how the cluster stands, in words, then in a table, then boot by boot.
enum ClusterPage {
    static let refreshSeconds = 5

    /// `account`: who looks, and the way out.
    static func render(_ view: ClusterView, account: HTML = "") -> HTML {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="refresh" content="\(refreshSeconds)">
        <title>\(view.cluster): \(view.verdict)</title>
        <link rel="stylesheet" href="/style.css">
        </head>
        <body>
        <main>
        <h1 id="verdict" class="\(mood(view.verdict))">\(view.verdict)</h1>
        <p class="cluster">Cluster <b>\(view.cluster)</b></p>
        \(view.nodes.isEmpty ? hint : table(view.nodes))
        \(HTML(view.nodes.compactMap(BootSection.render)))
        </main>
        <footer>Howdah Control Panel. This page renews itself every \(refreshSeconds) s.\(account)\
        </footer>
        </body>
        </html>

        """
    }

    private static let hint: HTML = """
        <p>Nodes appear here when they boot with this panel in their cluster file.</p>
        """

    static func mood(_ verdict: String) -> String {
        String(verdict.prefix { $0 != ":" })
    }

    private static func table(_ nodes: [NodeView]) -> HTML {
        """
        <table class="nodes">
        <caption>Nodes</caption>
        <thead><tr><th scope="col">Name</th><th scope="col">Role</th><th scope="col">State</th>\
        <th scope="col">Address</th><th scope="col">Volume</th>\
        <th scope="col">Last heartbeat</th><th scope="col">Load</th>\
        <th scope="col">Last boot</th></tr></thead>
        <tbody>
        \(HTML(nodes.map(row)))</tbody>
        </table>
        """
    }

    private static func row(_ node: NodeView) -> HTML {
        """
        <tr class="node \(node.state.rawValue)" data-name="\(node.name)" \
        data-role="\(node.role)" data-state="\(node.state.rawValue)">\
        <th scope="row"><a href="#boot-\(node.instanceID)">\(node.name)</a>\
        <small>\(node.instanceID)</small></th>\
        <td data-label="Role">\(node.role)</td>\
        <td data-label="State">\(StateMark.render(node.state))</td>\
        <td data-label="Address">\(node.address)</td>\
        <td data-label="Volume">\(HTML(node.volumes.map(volume)))</td>\
        <td data-label="Last heartbeat">\(silence(node))</td>\
        <td data-label="Load">\(load(node))</td>\
        <td data-label="Last boot">\(boot(node))</td></tr>

        """
    }

    private static func volume(_ claim: VolumeClaim) -> HTML {
        let reason = claim.error.map { ": \($0)" } ?? ""
        return """
            <span class="volume">\(claim.volumeID ?? "no volume yet") \
            <small>\(claim.mount), \(claim.state.rawValue)\(reason)</small></span>
            """
    }

    private static func silence(_ node: NodeView) -> String {
        node.silentSeconds.map { "\(Spans.words($0)) ago" } ?? "none yet"
    }

    private static func load(_ node: NodeView) -> String {
        guard let load = node.load1 else { return "unknown" }
        let rounded = (load * 100).rounded() / 100
        return node.loadIsHostWide ? "\(rounded) (whole machine)" : "\(rounded)"
    }

    private static func boot(_ node: NodeView) -> String {
        node.lastBoot.map { "\($0.outcome.rawValue) in \(Spans.words($0.seconds))" } ?? "no report"
    }
}
