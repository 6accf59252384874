/// A run of HDFS's balancer, as `GET /v1/clusters/NAME/balances` lists it: the newest first.
public struct BalanceView: Codable, Sendable, Equatable {
    public enum State: String, Codable, Sendable, CaseIterable {
        /// The master's agent has not taken it up yet.
        case ordered
        case running
        /// The master's agent is to stop it.
        case cancelling
        /// All DataNodes are within the threshold of the mean.
        case balanced
        /// They are not, and the balancer found nothing more that it could move.
        case settled
        case failed
        case cancelled

        /// Nothing more will happen.
        public var isOver: Bool { ![.ordered, .running, .cancelling].contains(self) }
    }

    public var id: String
    public var cluster: String
    public var state: State
    /// What it does or how it ended, in words.
    public var sentence: String
    public var terms: BalanceTerms
    /// By the balancer's own count, each of its rounds; nil before the first.
    public var round: BalanceRound?
    public var requestedBy: String
    public var reason: String
    /// Seconds since 1970, as the panel's clock has them.
    public var startedAt: Double
    public var changedAt: Double
    public var endedAt: Double?

    public init(
        id: String, cluster: String, state: State, sentence: String, terms: BalanceTerms,
        round: BalanceRound? = nil, requestedBy: String, reason: String, startedAt: Double,
        changedAt: Double, endedAt: Double? = nil
    ) {
        self.id = id
        self.cluster = cluster
        self.state = state
        self.sentence = sentence
        self.terms = terms
        self.round = round
        self.requestedBy = requestedBy
        self.reason = reason
        self.startedAt = startedAt
        self.changedAt = changedAt
        self.endedAt = endedAt
    }
}

/// How far a balancer has come.
public struct BalanceRound: Codable, Sendable, Equatable {
    /// From 1.
    public var number: Int
    public var movedBytes: Int64
    /// What was above the threshold, or missing below it, whichever was more.
    public var leftBytes: Int64

    public init(number: Int, movedBytes: Int64, leftBytes: Int64) {
        self.number = number
        self.movedBytes = movedBytes
        self.leftBytes = leftBytes
    }
}

/// How a balancer runs.
public struct BalanceTerms: Codable, Sendable, Equatable {
    /// How far a DataNode's use may be from the mean, in points of a percent.
    public var threshold: Double
    /// Bytes a second that it may take of one DataNode's network.
    public var bandwidth: Int64
    /// After so many seconds it is stopped.
    public var limitSeconds: Int

    /// As `hdfs balancer` has it when it is told nothing.
    public static let standardThreshold = 10.0
    public static let thresholds = 1.0...100.0
    /// A tenth of what Hadoop 3 takes where nothing is said.
    public static let standardBandwidth: Int64 = 10 << 20
    public static let bandwidths: ClosedRange<Int64> = (1 << 10)...(100 << 30)
    public static let standardLimitSeconds = 86_400
    public static let limits = 60...(30 * 86_400)

    public init(
        threshold: Double = standardThreshold, bandwidth: Int64 = standardBandwidth,
        limitSeconds: Int = standardLimitSeconds
    ) {
        self.threshold = threshold
        self.bandwidth = bandwidth
        self.limitSeconds = limitSeconds
    }

    /// What is wrong with them, with what would be right; nil where nothing is.
    public var problem: String? {
        if !Self.thresholds.contains(threshold) {
            return "'threshold' is \(threshold): it is 1 to 100, in points of a percent"
        }
        if !Self.bandwidths.contains(bandwidth) {
            return "'bandwidth' is \(bandwidth): it is 1 KiB to 100 GiB a second, in bytes"
        }
        if !Self.limits.contains(limitSeconds) {
            return "'limitSeconds' is \(limitSeconds): it is a minute to thirty days, in seconds"
        }
        return nil
    }
}

/// `POST /v1/clusters/NAME/balances`: have the master run HDFS's balancer.
public struct BalanceOrder: Codable, Sendable, Equatable {
    public var terms: BalanceTerms
    public var reason: String?

    public init(terms: BalanceTerms, reason: String? = nil) {
        self.terms = terms
        self.reason = reason
    }
}

/// What a balancer would do now, as `GET /v1/clusters/NAME/balance-plan` answers; nothing is done.
public struct BalancePlan: Codable, Sendable, Equatable {
    public struct Node: Codable, Sendable, Equatable {
        /// As the panel has it; as the NameNode has it where the panel knows no such node.
        public var node: String
        public var usedBytes: Int64
        public var capacityBytes: Int64
        /// Above the threshold, or negative below it; 0 within it.
        public var excessBytes: Int64

        public init(
            node: String, usedBytes: Int64, capacityBytes: Int64, excessBytes: Int64
        ) {
            self.node = node
            self.usedBytes = usedBytes
            self.capacityBytes = capacityBytes
            self.excessBytes = excessBytes
        }

        /// Of its capacity.
        public var usedPercent: Double {
            capacityBytes > 0 ? Double(usedBytes) / Double(capacityBytes) * 100 : 0
        }
    }

    public var terms: BalanceTerms
    /// Of the DataNodes that take blocks, all together.
    public var meanPercent: Double
    /// The fullest first; at most `maximumNodes`.
    public var nodes: [Node]
    /// What is above the threshold, or missing below it, whichever is more.
    public var bytesToMove: Int64
    /// It takes at least so long with this bandwidth.
    public var leastSeconds: Double
    /// Why it cannot be run now; nil where it can.
    public var obstacle: String?
    /// The whole in one sentence.
    public var sentence: String

    public static let maximumNodes = 200

    public init(
        terms: BalanceTerms, meanPercent: Double, nodes: [Node], bytesToMove: Int64,
        leastSeconds: Double, obstacle: String? = nil, sentence: String
    ) {
        self.terms = terms
        self.meanPercent = meanPercent
        self.nodes = nodes
        self.bytesToMove = bytesToMove
        self.leastSeconds = leastSeconds
        self.obstacle = obstacle
        self.sentence = sentence
    }
}

/// `GET /v1/balance?unlike=REVISION&wait=SECONDS` by the master: what it is to run, as soon as that
/// is something else than it knows (204: not yet).
public struct BalanceTask: Codable, Sendable, Equatable {
    public struct Run: Codable, Sendable, Equatable {
        public var id: String
        public var terms: BalanceTerms
        public var isCancelled: Bool

        public init(id: String, terms: BalanceTerms, isCancelled: Bool) {
            self.id = id
            self.terms = terms
            self.isCancelled = isCancelled
        }
    }

    /// Another one is another task.
    public var revision: String
    /// Nil where none is to run.
    public var run: Run?

    public init(revision: String, run: Run?) {
        self.revision = revision
        self.run = run
    }
}

/// `PUT /v1/balance/ID` by the master: how it stands.
public struct BalanceReport: Codable, Sendable, Equatable {
    /// One of ``BalanceView/State/running`` and those that are over.
    public var state: BalanceView.State
    public var words: String
    public var round: BalanceRound?

    public init(state: BalanceView.State, words: String, round: BalanceRound? = nil) {
        self.state = state
        self.words = words
        self.round = round
    }
}
