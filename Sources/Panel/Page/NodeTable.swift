internal import PanelAPI

/// Nodes line by line.
enum NodeTable {
    static func render(
        _ nodes: [NodeGlance], claims: [String: [VolumeClaim]], cluster: String
    ) -> HTML {
        """
        <div class="scroll"><table class="nodes">
        <caption>Nodes</caption>
        <thead><tr><th scope="col">Name</th><th scope="col">Role</th><th scope="col">State</th>\
        <th scope="col">Address</th><th scope="col">Volume</th>\
        <th scope="col">Last heartbeat</th><th scope="col">Load</th>\
        <th scope="col">Last boot</th></tr></thead>
        <tbody>
        \(HTML(nodes.map { row($0, claims[$0.instanceID] ?? [], cluster) }))</tbody>
        </table></div>

        """
    }

    private static func row(
        _ node: NodeGlance, _ claims: [VolumeClaim], _ cluster: String
    ) -> HTML {
        """
        <tr class="node \(node.state.rawValue)" data-name="\(node.name)" \
        data-role="\(node.role)" data-state="\(node.state.rawValue)">\
        <th scope="row"><a href="/clusters/\(cluster)/nodes/\(node.instanceID)">\(node.name)</a>\
        <small>\(node.instanceID)</small></th>\
        <td data-label="Role">\(node.role)</td>\
        <td data-label="State">\(StateMark.render(node.state))</td>\
        <td data-label="Address">\(node.address)</td>\
        <td data-label="Volume">\(volumes(claims, of: node.state))</td>\
        <td data-label="Last heartbeat">\(silence(node))</td>\
        <td data-label="Load">\(load(node))</td>\
        <td data-label="Last boot">\(node.bootOutcome?.rawValue ?? "no report")</td></tr>

        """
    }

    private static func volumes(_ claims: [VolumeClaim], of state: NodeView.State) -> HTML {
        claims.isEmpty ? "none" : HTML(claims.map { volume($0, of: state) })
    }

    /// A volume stays when its node's instance has ended.
    static func volume(_ claim: VolumeClaim, of state: NodeView.State) -> HTML {
        let words = state == .gone ? "until it ended" : claim.state.rawValue
        let reason = claim.error.map { ": \($0)" } ?? ""
        return """
            <span class="volume">\(claim.volumeID ?? "no volume yet") \
            <small>\(claim.mount), \(words)\(reason)</small></span>
            """
    }

    static func silence(_ node: NodeGlance) -> String {
        node.silentSeconds.map { "\(Spans.words($0)) ago" } ?? "none yet"
    }

    static func load(_ node: NodeGlance) -> String {
        guard let load = node.load1 else { return "unknown" }
        let rounded = (load * 100).rounded() / 100
        return node.loadIsHostWide ? "\(rounded) (whole machine)" : "\(rounded)"
    }
}
