/// How a lab's cluster grows by itself.
public struct LabGrowth: Sendable, Equatable {
    /// Slaves, at most.
    public var maximum: Int
    /// Of their mean load.
    public var threshold: Double

    public init(maximum: Int, threshold: Double) {
        self.maximum = maximum
        self.threshold = threshold
    }

    /// `autoscaling` of `panel.yaml`, with times for somebody who watches.
    var lines: String {
        """
        autoscaling:
          mode: on
          role: slave
          threshold: \(threshold)
          breach-seconds: 60
          warmup-seconds: 60
          step: 1
          maximum: \(maximum)
          cooldown-seconds: 60
          retry-seconds: 30

        """
    }
}
