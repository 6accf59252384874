internal import PanelAPI

/// What is known of one run of HDFS's balancer on one instance.
struct BalancerRecord: Codable, Sendable, Equatable {
    /// So many are kept: a panel that was restored from a backup asks for older ones.
    static let maximumKept = 8

    /// By the panel's id.
    var run: String
    /// The boot that started it.
    var bootID: String
    /// Seconds since 1970.
    var startedAt: Double
    /// False from before its start until after it.
    var isStarted = false
    /// When the DataNodes were told of the bandwidth last.
    var toldAt = 0.0
    /// Since when it could not begin yet, and when it is tried again.
    var earlySince: Double?
    var nextTryAt: Double?
    /// What the panel is told, once it is over, until it has heard it.
    var ending: BalanceReport?
    var isHeard = false
}
