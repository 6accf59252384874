internal import PanelAPI

/// A cluster's nodes as a table, a part of it at a time.
struct NodesPage: Sendable {
    static let rows = 100

    var cluster: String
    /// All that fit what was looked for.
    var nodes: [NodeGlance]
    var find: String?
    /// From 1.
    var page: Int

    /// What is on this page.
    var shown: [NodeGlance] {
        Array(nodes.dropFirst((page - 1) * Self.rows).prefix(Self.rows))
    }

    func render(_ claims: [String: [VolumeClaim]], _ frame: PageFrame) -> HTML {
        var frame = frame
        frame.title = "\(cluster): nodes"
        frame.cluster = cluster
        frame.place = .nodes
        let table: HTML =
            shown.isEmpty
            ? "<p>There is none.</p>"
            : NodeTable.render(shown, claims: claims, cluster: cluster)
        return frame.render(
            """
            <h1>Nodes of \(cluster)</h1>
            <form class="find" action="/clusters/\(cluster)/nodes">\
            <label>Part of a name or an instance, a state, or an address \
            <input name="find" type="search" maxlength="100" value="\(find ?? "")"></label> \
            <button>Find</button></form>
            \(PageFrame.live("live-nodes", "\(count)\(table)\(pages)"))
            """)
    }

    private var count: HTML {
        let what = find.map { " with '\($0)'" } ?? ""
        return "<p>\(nodes.count) node\(nodes.count == 1 ? "" : "s")\(what)</p>\n"
    }

    private var pages: HTML {
        let last = max(1, (nodes.count + Self.rows - 1) / Self.rows)
        guard last > 1 else { return "" }
        let query = find.map { "&find=\(URLWord.encode($0))" } ?? ""
        let path = "/clusters/\(cluster)/nodes?page="
        let back: HTML =
            page > 1 ? "<a rel=\"prev\" href=\"\(path)\(page - 1)\(query)\">Before</a> " : ""
        let on: HTML =
            page < last ? "<a rel=\"next\" href=\"\(path)\(page + 1)\(query)\">Next</a>" : ""
        return """
            <nav class="pages" aria-label="Pages">\(back)<span>Page \(page) of \(last)</span> \
            \(on)</nav>

            """
    }
}

/// A value of a query (RFC 3986, section 2.3: what needs no percent sign).
enum URLWord {
    static func encode(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                || (0x61...0x7a).contains(byte) || [0x2d, 0x2e, 0x5f, 0x7e].contains(byte)
            bytes += isPlain ? [byte] : [0x25, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
