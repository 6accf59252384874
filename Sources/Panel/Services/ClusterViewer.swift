internal import PanelAPI

/// Puts the view of the cluster together from the records.
struct ClusterViewer: Sendable {
    let settings: PanelSettings
    let nodes: NodeRepository
    let claims: ClaimRepository
    let reports: ReportRepository
    let time: PanelTime

    func view() async throws -> ClusterView {
        let now = time.now()
        let boots = try await reports.latest()
        let volumes = Dictionary(grouping: try await claims.all(), by: \.instanceID)
        let views = try await nodes.visible(goneSince: now - Views.goneInSightSeconds).map {
            Views.node(
                $0, volumes: (volumes[$0.instanceID] ?? []).map(\.claim),
                lastBoot: boots[$0.instanceID], now: now, downAfter: settings.downAfterSeconds)
        }.sorted(by: Views.order)
        return ClusterView(
            cluster: settings.cluster, verdict: Views.verdict(views), nodes: views)
    }
}
