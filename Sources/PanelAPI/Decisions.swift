/// A decision of the autoscaler, as `GET /v1/clusters/NAME/decisions` tells it.
public struct DecisionView: Codable, Sendable, Equatable {
    /// Seconds since 1970.
    public var at: Double
    /// `advise` or `on`, as the setting was then.
    public var mode: String
    /// `add`, `hold` or `no-decision`.
    public var outcome: String
    /// Nodes that were to be added.
    public var count: Int
    /// Names of the nodes in the mean, at most `maximumNames`.
    public var eligible: [String]
    /// Nodes that were left out of it, with the reason; at most `maximumNames`.
    public var leftOut: [String: String]
    /// The mean of the last minute, and the lowest of the breach window.
    public var value: Double?
    public var lowest: Double?
    /// Share of the samples that were there.
    public var freshShare: Double
    public var guards: [Guard]
    /// The whole in one sentence.
    public var sentence: String
    /// How long it took to read what it is made of and to decide. Nil from older panels.
    public var seconds: Double?

    public static let maximumNames = 200

    public init(
        at: Double, mode: String, outcome: String, count: Int, eligible: [String],
        leftOut: [String: String], value: Double?, lowest: Double?, freshShare: Double,
        guards: [Guard], sentence: String, seconds: Double? = nil
    ) {
        self.at = at
        self.mode = mode
        self.outcome = outcome
        self.count = count
        self.eligible = eligible
        self.leftOut = leftOut
        self.value = value
        self.lowest = lowest
        self.freshShare = freshShare
        self.guards = guards
        self.sentence = sentence
        self.seconds = seconds
    }
}
