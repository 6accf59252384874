internal import NIOCore
internal import PanelAPI

/// Puts the view of the cluster together from the records.
struct ClusterViewer: Sendable {
    /// Of a larger cluster, steps are told of boots that did not go well alone.
    static let maximumNodesWithSteps = 1_000

    let settings: PanelSettings
    let nodes: NodeRepository
    let claims: ClaimRepository
    let reports: ReportRepository
    let masters: MasterRepository
    let time: PanelTime
    /// Each takes some ten megabytes of memory of a cluster of ten thousand nodes.
    private let gate = Gate(maximum: 2, waiting: 200, name: "looks at clusters")

    init(
        settings: PanelSettings, nodes: NodeRepository, claims: ClaimRepository,
        reports: ReportRepository, masters: MasterRepository, time: PanelTime
    ) {
        self.settings = settings
        self.nodes = nodes
        self.claims = claims
        self.reports = reports
        self.masters = masters
        self.time = time
    }

    /// Every cluster's name with its verdict.
    func summaries() async throws -> [ClusterSummary] {
        try await PageReader(settings: settings, database: nodes.database, time: time).verdicts()
    }

    func view(of name: String) async throws -> ClusterView {
        let cluster = try settings.cluster(name)
        return try await gate.pass {
            try await view(of: cluster, try await reports.latest(), try await reports.news())
        }
    }

    /// Without the steps of boots and without what nodes told last.
    func outline(of name: String) async throws -> ClusterView {
        let cluster = try settings.cluster(name)
        return try await gate.pass { try await outline(of: cluster) }
    }

    private func outline(of cluster: ClusterSettings) async throws -> ClusterView {
        try await view(of: cluster, nil, [:])
    }

    /// As JSON, for clusters of any size.
    func json(of name: String) async throws -> ByteBuffer {
        let cluster = try settings.cluster(name)
        return try await gate.pass {
            let view = try await outline(of: cluster)
            let isSmall = view.nodes.count <= Self.maximumNodesWithSteps
            let boots = view.nodes.compactMap(\.lastBoot).filter {
                isSmall || $0.outcome != .done
            }
            return try ClusterJSON.bytes(
                view, boots: try await reports.json(of: boots),
                news: try await reports.newsJSON())
        }
    }

    /// Without `boots`, of the last ones all but the steps.
    private func view(
        of cluster: ClusterSettings, _ boots: [String: BootReport]?, _ news: [String: NodeNews]
    ) async throws -> ClusterView {
        let now = time.now()
        let volumes = try await claims.views()
        func lastBoot(_ node: NodeRecord) -> BootReport? {
            guard let boots else { return node.lastBoot }
            return boots[node.instanceID]
        }
        let views = Views.ordered(
            try await nodes.visible(
                in: cluster.name, goneSince: now - Views.goneInSightSeconds
            ).map {
                Views.node(
                    $0, volumes: volumes[$0.instanceID] ?? [], lastBoot: lastBoot($0),
                    latest: news[$0.instanceID], in: cluster, now: now)
            })
        return ClusterView(
            cluster: cluster.name, verdict: Views.verdict(views), nodes: views,
            master: try await masters.standing(of: cluster.name, leaseOf: cluster.downAfterSeconds))
    }
}
