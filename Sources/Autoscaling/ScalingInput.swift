/// All that a decision is made of. The same input gives the same decision, today and in a replay.
public struct ScalingInput: Codable, Sendable, Equatable {
    public struct Sample: Codable, Sendable, Equatable {
        /// Seconds since 1970.
        public var at: Double
        public var load: Double

        public init(at: Double, load: Double) {
            self.at = at
            self.load = load
        }
    }

    public struct Node: Codable, Sendable, Equatable {
        public var name: String
        /// Since when it is up; nil while it is not.
        public var upSince: Double?
        /// Of the breach window, in any order.
        public var samples: [Sample]

        public init(name: String, upSince: Double?, samples: [Sample]) {
            self.name = name
            self.upSince = upSince
            self.samples = samples
        }
    }

    /// The latest growth that was begun.
    public struct Growth: Codable, Sendable, Equatable {
        public var at: Double
        /// Every launch of it failed.
        public var hasFailed: Bool

        public init(at: Double, hasFailed: Bool) {
            self.at = at
            self.hasFailed = hasFailed
        }
    }

    /// When the decision is made, seconds since 1970.
    public var at: Double
    /// Nodes of the rule's role that EC2 has not let go of.
    public var nodes: [Node]
    /// Launches of the role that are no node yet.
    public var pending: Int
    public var lastGrowth: Growth?

    public init(at: Double, nodes: [Node], pending: Int, lastGrowth: Growth?) {
        self.at = at
        self.nodes = nodes
        self.pending = pending
        self.lastGrowth = lastGrowth
    }
}
