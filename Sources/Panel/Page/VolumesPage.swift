internal import PanelAPI

/// All volumes that carry the cluster's tag, orphans first: those cost money and belong to nobody.
enum VolumesPage {
    /// Of thousands, so many are shown.
    static let maximumRows = 1000

    /// `problem`: why EC2 could not be asked.
    static func render(
        _ volumes: [VolumeView], operations: [VolumeOperation], problem: String?,
        cluster: String, _ frame: PageFrame
    ) -> HTML {
        var frame = frame
        frame.title = "\(cluster): volumes"
        frame.cluster = cluster
        frame.place = .volumes
        let body: HTML =
            if let problem {
                "<p class=\"refused\" role=\"alert\">\(ClusterPage.sentence(problem)).</p>\n"
            } else {
                "\(summary(volumes))\(table(volumes))"
            }
        return frame.render(
            """
            <h1>Volumes of \(cluster)</h1>
            \(PageFrame.live("live-volumes", "\(body)\(log(operations))"))
            """)
    }

    private static let order: [VolumeView.Use] = [.orphan, .setAside, .offered, .claimed]

    private static func summary(_ volumes: [VolumeView]) -> HTML {
        let parts = order.compactMap { use -> HTML? in
            let those = volumes.filter { $0.use == use }
            guard !those.isEmpty else { return nil }
            let size = those.reduce(0) { $0 + $1.sizeGiB }
            return """
                <li>\(mark(use)) \(use.rawValue) <b>\(those.count)</b>, \(size) GiB\
                \(cost(those.compactMap(\.costPerMonth)))</li>
                """
        }
        return parts.isEmpty
            ? "<p>EC2 has none with the cluster's tag.</p>\n"
            : "<ul class=\"legend\">\(HTML(parts))</ul>\n"
    }

    private static func cost(_ costs: [Double]) -> String {
        costs.isEmpty ? "" : ", \(money(costs.reduce(0, +))) a month"
    }

    private static func money(_ value: Double) -> String {
        let cents = Int((value * 100).rounded())
        return "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
    }

    private static func mark(_ use: VolumeView.Use) -> HTML {
        let sign =
            switch use {
            case .claimed: "●"
            case .offered: "◐"
            case .setAside: "▲"
            case .orphan: "○"
            }
        return "<span class=\"mark\" aria-hidden=\"true\">\(sign)</span>"
    }

    private static func table(_ volumes: [VolumeView]) -> HTML {
        guard !volumes.isEmpty else { return "" }
        let sorted = order.flatMap { use in volumes.filter { $0.use == use } }
        let rows = sorted.prefix(maximumRows).map { volume -> HTML in
            """
            <tr class="use \(volume.use.rawValue)"><th scope="row">\(volume.id)</th>\
            <td data-label="Use">\(mark(volume.use)) \(volume.use.rawValue)</td>\
            <td data-label="EC2 says">\(volume.state)</td>\
            <td data-label="Size" class="number">\(volume.sizeGiB) GiB \(volume.type)</td>\
            <td data-label="Zone">\(volume.zone)</td>\
            <td data-label="Node">\(volume.node ?? "none")</td>\
            <td data-label="Mount">\(volume.mount ?? "none")</td>\
            <td data-label="On">\(on(volume))</td>\
            <td data-label="A month" class="number">\(volume.costPerMonth.map(money) ?? "")\
            </td></tr>

            """
        }
        let more = max(0, sorted.count - maximumRows)
        let rest: HTML = more > 0 ? "<p>and \(more) more</p>" : ""
        return """
            <div class="scroll"><table>
            <caption>Volumes, orphans first</caption>
            <thead><tr><th scope="col">Volume</th><th scope="col">Use</th>\
            <th scope="col">EC2 says</th><th scope="col" class="number">Size</th>\
            <th scope="col">Zone</th>\
            <th scope="col">Node</th><th scope="col">Mount</th><th scope="col">On</th>\
            <th scope="col" class="number">A month</th></tr></thead>
            <tbody>
            \(HTML(rows))</tbody></table></div>
            \(rest)

            """
    }

    private static func on(_ volume: VolumeView) -> String {
        volume.attachedTo.isEmpty ? "nothing" : volume.attachedTo.joined(separator: ", ")
    }

    private static func log(_ operations: [VolumeOperation]) -> HTML {
        guard !operations.isEmpty else { return "" }
        let items = operations.prefix(50).map { one -> HTML in
            """
            <li>\(ChartTime.element(one.requestedAt)) \(one.kind.rawValue) of \(one.volumeID) by \
            \(one.requestedBy): \(one.state.rawValue)\(one.problem.map { ": \($0)" } ?? "")\
            \(one.snapshotID.map { ", \($0)" } ?? "")</li>

            """
        }
        return "<h2>What was done to them</h2>\n<ul class=\"plain\">\(HTML(items))</ul>\n"
    }
}
