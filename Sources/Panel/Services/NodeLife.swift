internal import PanelAPI

/// Where a node stands in its life, and why: pure, so that tables can test it.
struct NodeLife: Sendable, Equatable {
    var state: NodeView.State
    private var reason: Reason

    private enum Reason: Sendable, Equatable {
        case cloud(String)
        case silence(Double)
        case failure
        case drain(DrainView.State)
        case boot(BootReport.Outcome)
        case enrolment(isFirst: Bool)
    }

    /// In words, for the audit log.
    var cause: String {
        switch reason {
        case .cloud(let state): "EC2 says '\(state)'"
        case .silence(let seconds): "nothing heard for \(Int(seconds)) s"
        case .failure: "its boot reported a failure"
        case .drain(let state): "its drain is \(state.rawValue)"
        case .boot(let outcome): "its boot is \(outcome.rawValue) and it is heard"
        case .enrolment(let isFirst): isFirst ? "it enrolled" : "it enrolled anew"
        }
    }

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
        var lastBoot: Boot?
    }

    /// Silence after which a node is stale: it missed one heartbeat for certain.
    static func staleAfter(_ cluster: ClusterSettings) -> Double {
        cluster.heartbeatSeconds + max(cluster.heartbeatSeconds, 10)
    }

    init(of node: NodeRecord, in cluster: ClusterSettings, now: Double) {
        let signs = Signs(
            cloudState: node.cloudState, bootID: node.bootID, seenAt: node.seenAt,
            heartbeatAt: node.heartbeatAt, goneAt: node.goneAt, drain: node.drain,
            lastBoot: node.lastBoot.map { Boot(id: $0.bootID, outcome: $0.outcome) })
        self.init(of: signs, in: cluster, now: now)
    }

    init(of node: Signs, in cluster: ClusterSettings, now: Double) {
        let silence = now - max(node.seenAt, node.heartbeatAt ?? 0)
        if node.goneAt != nil {
            self.init(.gone, .cloud(node.cloudState))
        } else if silence > cluster.downAfterSeconds {
            self.init(.down, .silence(silence))
        } else if let boot = node.lastBoot, node.bootID == nil || node.bootID == boot.id {
            if boot.outcome == .failed {
                self.init(.failed, .failure)
            } else if silence > Self.staleAfter(cluster) {
                self.init(.stale, .silence(silence))
            } else if let drain = node.drain, let life = drain.life {
                self.init(life, .drain(drain))
            } else {
                self.init(.up, .boot(boot.outcome))
            }
        } else {
            self.init(.booting, .enrolment(isFirst: node.lastBoot == nil))
        }
    }

    private init(_ state: NodeView.State, _ reason: Reason) {
        self.state = state
        self.reason = reason
    }
}
