internal import PanelAPI

/// A cluster as a table for a terminal: the verdict, then a line for each node.
enum ClusterTable {
    static let header = [
        "NAME", "ROLE", "STATE", "ADDRESS", "INSTANCE", "VOLUME", "HEARTBEAT", "LOAD",
        "LAST BOOT",
    ]

    static func lines(_ view: ClusterView) -> [String] {
        let verdict = "\(printable(view.cluster)): \(printable(view.verdict))"
        guard !view.nodes.isEmpty else { return [verdict] }
        let rows = [header] + view.nodes.map { row($0).map(printable) }
        let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let table = rows.map { row in
            let cells = zip(row, widths).map { text, width in
                text + String(repeating: " ", count: width - text.count)
            }
            return trimmed(cells.joined(separator: "  "))
        }
        return [verdict, ""] + table
    }

    private static func row(_ node: NodeView) -> [String] {
        let volumes = node.volumes.map { $0.volumeID ?? $0.state.rawValue }
        return [
            node.name, node.role, "\(mark(node.state)) \(node.state.rawValue)", node.address,
            node.instanceID, volumes.isEmpty ? "-" : volumes.joined(separator: ","),
            node.silentSeconds.map { "\(Int($0)) s ago" } ?? "-",
            load(node),
            node.lastBoot.map { "\($0.outcome.rawValue) in \(tenths($0.seconds)) s" } ?? "-",
        ]
    }

    /// Of the last minute. A container's may be that of all that its host does.
    private static func load(_ node: NodeView) -> String {
        guard let load = node.load1 else { return "-" }
        return node.loadIsHostWide ? "\(tenths(load)) (whole machine)" : "\(tenths(load))"
    }

    /// The state by its shape, for terminals without colour and eyes without green.
    private static func mark(_ state: NodeView.State) -> String {
        switch state {
        case .up: "●"
        case .stale: "◔"
        case .booting: "◐"
        case .draining: "▽"
        case .decommissioned: "◇"
        case .failed: "▲"
        case .down: "■"
        case .gone: "○"
        }
    }

    private static func tenths(_ seconds: Double) -> Double { (seconds * 10).rounded() / 10 }

    private static func trimmed(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }

    /// Without control characters, which could make a terminal do things.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter {
                    $0.properties.generalCategory != .control
                        && $0.properties.generalCategory != .format
                }))
    }
}
