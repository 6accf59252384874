internal import PanelAPI

/// What is known of HDFS's balancer on one instance.
struct BalancerRecord: Codable, Sendable, Equatable {
    /// By the panel's id.
    var run: String
    /// The boot that started it.
    var bootID: String
    /// Seconds since 1970.
    var startedAt: Double
    /// False from before its start until after it.
    var isStarted = false
    /// What the panel is told again and again of it, once it is over.
    var ending: BalanceReport?
}
