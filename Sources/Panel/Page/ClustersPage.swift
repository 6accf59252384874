internal import PanelAPI

/// The first page of a panel that serves several clusters: a line for each.
enum ClustersPage {
    /// `account`: who looks, and the way out.
    static func render(_ clusters: [ClusterSummary], account: HTML = "") -> HTML {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="refresh" content="\(ClusterPage.refreshSeconds)">
        <title>\(clusters.count) clusters</title>
        <link rel="stylesheet" href="/style.css">
        </head>
        <body>
        <main>
        <h1>\(clusters.count) clusters</h1>
        <table class="nodes">
        <caption>Clusters</caption>
        <thead><tr><th scope="col">Name</th><th scope="col">How it stands</th></tr></thead>
        <tbody>
        \(HTML(clusters.map(row)))</tbody>
        </table>
        </main>
        <footer>Howdah Control Panel.\(account)</footer>
        </body>
        </html>

        """
    }

    private static func row(_ cluster: ClusterSummary) -> HTML {
        """
        <tr class="cluster \(ClusterPage.mood(cluster.verdict))" data-name="\(cluster.cluster)">\
        <th scope="row"><a href="/clusters/\(cluster.cluster)">\(cluster.cluster)</a></th>\
        <td data-label="How it stands">\(cluster.verdict)</td></tr>

        """
    }
}
