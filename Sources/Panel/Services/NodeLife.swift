internal import PanelAPI

/// Where a node stands in its life, and why: pure, so that tables can test it.
struct NodeLife: Sendable, Equatable {
    var state: NodeView.State
    /// In words, for the audit log.
    var cause: String

    /// What the panel knows of the last boot that a node reported.
    struct Boot: Sendable, Equatable {
        var id: String
        var outcome: BootReport.Outcome
    }

    /// What is known of the node itself.
    struct Signs: Sendable, Equatable {
        var cloudState: String
        var bootID: String?
        var seenAt: Double
        var heartbeatAt: Double?
        var goneAt: Double?
        /// The state of its latest drain.
        var drain: DrainView.State?
    }

    /// Silence after which a node is stale: it missed one heartbeat for certain.
    static func staleAfter(_ cluster: ClusterSettings) -> Double {
        cluster.heartbeatSeconds + max(cluster.heartbeatSeconds, 10)
    }

    init(
        of node: NodeRecord, lastBoot: Boot?, in cluster: ClusterSettings, now: Double
    ) {
        let signs = Signs(
            cloudState: node.cloudState, bootID: node.bootID, seenAt: node.seenAt,
            heartbeatAt: node.heartbeatAt, goneAt: node.goneAt, drain: node.drain)
        self.init(of: signs, lastBoot: lastBoot, in: cluster, now: now)
    }

    init(of node: Signs, lastBoot: Boot?, in cluster: ClusterSettings, now: Double) {
        let silence = now - max(node.seenAt, node.heartbeatAt ?? 0)
        if node.goneAt != nil {
            self.init(.gone, "EC2 says '\(node.cloudState)'")
        } else if silence > cluster.downAfterSeconds {
            self.init(.down, "nothing heard for \(Int(silence)) s")
        } else if let boot = lastBoot, node.bootID == nil || node.bootID == boot.id {
            if boot.outcome == .failed {
                self.init(.failed, "its boot reported a failure")
            } else if silence > Self.staleAfter(cluster) {
                self.init(.stale, "nothing heard for \(Int(silence)) s")
            } else if let drain = node.drain, let life = drain.life {
                self.init(life, "its drain is \(drain.rawValue)")
            } else {
                self.init(.up, "its boot is \(boot.outcome.rawValue) and it is heard")
            }
        } else {
            self.init(.booting, lastBoot == nil ? "it enrolled" : "it enrolled anew")
        }
    }

    private init(_ state: NodeView.State, _ cause: String) {
        self.state = state
        self.cause = cause
    }
}
