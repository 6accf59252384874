internal import PanelAPI

/// Who did what, when: the newest first, a part at a time.
enum AuditPage {
    static let rows = 50

    /// Of a cluster's navigation; the log itself is the whole panel's. `before`: where the next
    /// page of older lines begins; nil where there are none.
    static func render(
        _ lines: [AuditLine], subject: String?, older: Int64?, cluster: String, _ frame: PageFrame
    ) -> HTML {
        var frame = frame
        frame.title = "\(cluster): audit log"
        frame.cluster = cluster
        frame.place = .audit
        let path = "/clusters/\(cluster)/audit"
        let query = subject.map { "&subject=\(URLWord.encode($0))" } ?? ""
        let first = subject.map { "?subject=\(URLWord.encode($0))" } ?? ""
        let next =
            older.map { id -> HTML in
                "<a rel=\"next\" href=\"\(path)?before=\(String(id))\(query)\">Older</a>"
            } ?? ""
        return frame.render(
            """
            <h1>Audit log of the panel</h1>
            <form class="find" action="\(path)"><label>About exactly (a node's name, an \
            instance, a volume) <input name="subject" type="search" maxlength="300" \
            value="\(subject ?? "")"></label> <button>Find</button></form>
            \(PageFrame.live("live-audit", table(lines)))\
            <nav class="pages" aria-label="Pages"><a href="\(path)\(first)">Newest</a> \(next)</nav>

            """)
    }

    static func table(_ lines: [AuditLine]) -> HTML {
        guard !lines.isEmpty else { return "<p>Nothing.</p>\n" }
        let rows = lines.map { line -> HTML in
            """
            <tr><td data-label="When" class="nowrap">\(ChartTime.element(line.at))</td>\
            <td data-label="Who">\(line.actor)</td>\
            <td data-label="Did">\(line.action)</td><td data-label="To">\(line.subject)</td>\
            <td data-label="What">\(line.detail)</td></tr>

            """
        }
        return """
            <div class="scroll"><table class="lines">
            <caption>Lines of the audit log, the newest first</caption>
            <thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">Did</th>\
            <th scope="col">To</th><th scope="col">What</th></tr></thead>
            <tbody>
            \(HTML(rows))</tbody></table></div>

            """
    }
}
