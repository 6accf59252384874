internal import PanelAPI

/// What all pages have: head, a way past the navigation, the navigation, who looks.
struct PageFrame: Sendable {
    /// Where nothing tells the browser of changes (no JavaScript).
    static let refreshSeconds = 10

    enum Place: String, Sendable, CaseIterable {
        case cluster = "Cluster"
        case nodes = "Nodes"
        case decisions = "Decisions"
        case drains = "Drains"
        case volumes = "Volumes"
        case queues = "Queues"
        case audit = "Audit"
    }

    var title: String
    /// Whose navigation is shown; nil on the page of all clusters.
    var cluster: String?
    var place: Place?
    /// Who looks, and the way out.
    var account: HTML
    /// Whether it changes by itself.
    var isLive = true
    var hasSeveralClusters = false

    func render(_ body: HTML) -> HTML {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(title)</title>
        <link rel="stylesheet" href="/style.css">
        \(liveHead)</head>
        <body\(events)>
        <a class="skip" href="#main">Skip to the content</a>
        <header>\(navigation)</header>
        <main id="main" tabindex="-1">
        \(body)</main>
        <footer><p>Howdah Control Panel. Times are UTC. \
        <span id="liveness" role="status">\(renewal)</span></p>\(account)</footer>
        </body>
        </html>

        """
    }

    private var path: String? { cluster.map { "/clusters/\($0)" } }

    private var events: HTML {
        guard isLive, let path else { return "" }
        return " data-events=\"\(path)/events\""
    }

    private var liveHead: HTML {
        guard isLive else { return "" }
        return """
            <script src="/page.js" defer></script>
            <noscript><meta http-equiv="refresh" content="\(Self.refreshSeconds)"></noscript>

            """
    }

    private var renewal: HTML {
        isLive ? "<noscript>It renews itself every \(Self.refreshSeconds) s.</noscript>" : ""
    }

    private var navigation: HTML {
        guard let cluster else { return "<p class=\"brand\">Howdah</p>" }
        let links = Place.allCases.map { other -> HTML in
            let current: HTML = other == place ? " aria-current=\"page\"" : ""
            let address = address(of: other, cluster)
            return "<li><a href=\"\(address)\"\(current)>\(other.rawValue)</a></li>"
        }
        let up: HTML = hasSeveralClusters ? "<a href=\"/\">Howdah</a>" : "Howdah"
        return """
            <p class="brand">\(up) / <a href="/clusters/\(cluster)">\(cluster)</a></p>
            <nav aria-label="Panel"><ul>\(HTML(links))</ul></nav>

            """
    }

    private func address(of place: Place, _ cluster: String) -> String {
        switch place {
        case .cluster: "/clusters/\(cluster)"
        case .audit: "/clusters/\(cluster)/audit"
        default: "/clusters/\(cluster)/\(place.rawValue.lowercased())"
        }
    }

    /// A part of a page that is renewed where it stands.
    static func live(_ id: String, _ content: HTML) -> HTML {
        "<div data-live id=\"\(id)\">\n\(content)</div>\n"
    }
}
