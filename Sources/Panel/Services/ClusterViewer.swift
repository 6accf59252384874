internal import PanelAPI

/// Puts the view of the cluster together from the records.
struct ClusterViewer: Sendable {
    let settings: PanelSettings
    let nodes: NodeRepository
    let claims: ClaimRepository
    let reports: ReportRepository
    let masters: MasterRepository
    let time: PanelTime

    /// Every cluster's name with its verdict.
    func summaries() async throws -> [ClusterSummary] {
        var summaries: [ClusterSummary] = []
        for cluster in settings.clusters {
            summaries.append(
                ClusterSummary(
                    cluster: cluster.name, verdict: try await view(of: cluster.name).verdict))
        }
        return summaries
    }

    func view(of name: String) async throws -> ClusterView {
        let cluster = try settings.cluster(name)
        let now = time.now()
        let boots = try await reports.latest()
        let news = try await reports.news()
        let volumes = Dictionary(grouping: try await claims.all(), by: \.instanceID)
        let views = try await nodes.visible(
            in: name, goneSince: now - Views.goneInSightSeconds
        ).map {
            Views.node(
                $0, volumes: (volumes[$0.instanceID] ?? []).map(\.claim),
                lastBoot: boots[$0.instanceID], latest: news[$0.instanceID], in: cluster,
                now: now)
        }.sorted(by: Views.order)
        return ClusterView(
            cluster: name, verdict: Views.verdict(views), nodes: views,
            master: try await masters.standing(of: name, leaseOf: cluster.downAfterSeconds))
    }
}
