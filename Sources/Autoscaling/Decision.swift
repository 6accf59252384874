public import PanelAPI

/// What a rule comes to, and why. The panel's API tells it as a `DecisionView`, whose outcome is
/// any word, so that older programs read newer panels, and whose lists are bounded.
public struct Decision: Sendable, Equatable {
    public enum Outcome: String, Sendable, CaseIterable {
        case add
        case hold
        /// Not enough is known: nothing is done, and nothing is concluded from it.
        case noDecision = "no-decision"
    }

    /// Seconds since 1970.
    public var at: Double
    public var outcome: Outcome
    /// Nodes to be added; 0 unless the outcome is `add`.
    public var count: Int
    /// Names of the nodes in the mean.
    public var eligible: [String]
    /// Nodes that are left out of it, with the reason.
    public var leftOut: [String: String]
    /// The mean of the last minute; nil where there is none.
    public var value: Double?
    /// The lowest mean of a minute in the breach window; nil where a minute has none.
    public var lowest: Double?
    /// Share of the expected samples that are there.
    public var freshShare: Double
    public var guards: [Guard]
    /// The whole in one sentence.
    public var sentence: String
}
