internal import PanelAPI

/// The first page of a panel that serves several clusters: a line for each.
enum ClustersPage {
    static func render(_ clusters: [ClusterSummary], _ frame: PageFrame) -> HTML {
        var frame = frame
        frame.title = "\(clusters.count) clusters"
        return frame.render(
            """
            <h1>\(clusters.count) clusters</h1>
            <div data-live id="live-clusters"><table class="nodes">
            <caption>Clusters</caption>
            <thead><tr><th scope="col">Name</th><th scope="col">How it stands</th></tr></thead>
            <tbody>
            \(HTML(clusters.map(row)))</tbody>
            </table></div>

            """)
    }

    private static func row(_ cluster: ClusterSummary) -> HTML {
        """
        <tr class="cluster \(ClusterPage.mood(cluster.verdict))" data-name="\(cluster.cluster)">\
        <th scope="row"><a href="/clusters/\(cluster.cluster)">\(cluster.cluster)</a></th>\
        <td data-label="How it stands">\(cluster.verdict)</td></tr>

        """
    }
}
