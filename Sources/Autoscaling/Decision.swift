/// What a rule comes to, and why.
public struct Decision: Codable, Sendable, Equatable {
    public enum Outcome: String, Codable, Sendable, CaseIterable {
        case add
        case hold
        /// Not enough is known: nothing is done, and nothing is concluded from it.
        case noDecision = "no-decision"
    }

    /// A reason that can keep a rule from growing the cluster.
    public struct Guard: Codable, Sendable, Equatable {
        public var name: String
        /// False where it stands in the way.
        public var isOpen: Bool
        public var words: String

        public init(name: String, isOpen: Bool, words: String) {
            self.name = name
            self.isOpen = isOpen
            self.words = words
        }
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
