/// The rule that Howdah comes with: slaves whose load stays high get company.
///
/// It is that of the thesis "Autoscaling Hadoop Clusters" (Tartu, 2010), section 3.4.3, with its
/// numbers: every minute, slaves that have been up for ten minutes, a mean ldavg-1 above 10 for ten
/// minutes, three more up to ten, fifteen minutes of rest.
public struct LoadRule: Codable, Sendable, Equatable {
    /// The role that grows.
    public var role: String
    /// Of `ldavg-1`, the load average of one minute.
    public var threshold: Double
    /// How long the mean must have been above it, seconds.
    public var breachSeconds: Double
    /// A node younger than this is warming up: it counts as capacity, not in the mean.
    public var warmupSeconds: Double
    /// Nodes added at once.
    public var step: Int
    /// Nodes of the role, running and on their way, that are never exceeded.
    public var maximum: Int
    /// Rest after nodes were added, seconds.
    public var cooldownSeconds: Double
    /// Rest after a launch of which nothing came, seconds.
    public var retrySeconds: Double
    /// Share of the samples that must be there; with fewer there is no decision.
    public var freshShare: Double
    /// Between two samples of a node, seconds.
    public var sampleSeconds: Double

    public init(
        role: String = "slave", threshold: Double = 10, breachSeconds: Double = 600,
        warmupSeconds: Double = 600, step: Int = 3, maximum: Int = 10,
        cooldownSeconds: Double = 900, retrySeconds: Double = 120, freshShare: Double = 0.8,
        sampleSeconds: Double = 30
    ) {
        self.role = role
        self.threshold = threshold
        self.breachSeconds = breachSeconds
        self.warmupSeconds = warmupSeconds
        self.step = step
        self.maximum = maximum
        self.cooldownSeconds = cooldownSeconds
        self.retrySeconds = retrySeconds
        self.freshShare = freshShare
        self.sampleSeconds = sampleSeconds
    }
}
