internal import PanelAPI

/// Who asks for what of the cluster, and who gets it.
enum QueuesPage {
    static func render(
        _ series: [MetricStore.Series], of cluster: ClusterSettings, range: PageRange,
        now: Double, _ frame: PageFrame
    ) -> HTML {
        var frame = frame
        frame.title = "\(cluster.name): queues"
        frame.cluster = cluster.name
        frame.place = .queues
        let body = charts(series, cluster, from: now - range.seconds, to: now)
        return frame.render(
            """
            <div class="heading"><h1>Queues of \(cluster.name)</h1>
            \(range.links("/clusters/\(cluster.name)/queues"))</div>
            \(PageFrame.live("live-queues", body))
            """)
    }

    private static func charts(
        _ series: [MetricStore.Series], _ cluster: ClusterSettings, from: Double, to: Double
    ) -> HTML {
        guard !HadoopSource.all(cluster.hadoop).isEmpty else {
            return """
                <p>panel.yaml names no <code>hadoop</code> ports of this cluster, so that nothing \
                is known of its queues.</p>

                """
        }
        let kinds = [("pool", QueueCharts.pools), ("queue", QueueCharts.queues)]
        let charts = kinds.flatMap { kind, plans in
            let figures = QueueCharts.Figures(series, kind: kind)
            return plans.compactMap { plan in
                QueueCharts.chart(plan, figures, from: from, to: to)?.render()
            }
        }
        guard !charts.isEmpty else {
            return "<p>Hadoop told nothing of queues in this time.</p>\n"
        }
        return "<div class=\"charts\">\(HTML(charts))</div>\n"
    }
}
