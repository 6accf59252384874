/// A node that is emptied and then ended, as `GET /v1/clusters/NAME/drains` lists it: the newest
/// first.
public struct DrainView: Codable, Sendable, Equatable {
    public enum State: String, Codable, Sendable, CaseIterable {
        /// Whether it may go is being found out; nothing was done to it.
        case checking
        /// The panel names it as excluded; the NameNode has not heard of that yet.
        case excluding
        /// HDFS copies what it has to others.
        case decommissioning
        /// It is decommissioned; whether a file is still being written on it is looked at.
        case settling
        /// EC2 is asked to end it.
        case terminating
        /// EC2 has ended it; the NameNode is to forget it.
        case cleaning
        case done
        /// It is being taken back into service.
        case cancelling
        case cancelled
        /// It may not go, as `plan` says.
        case refused

        /// Nothing more will happen to it.
        public var isOver: Bool { self == .done || self == .cancelled || self == .refused }
        /// It can be taken back.
        public var isCancellable: Bool {
            [.checking, .excluding, .decommissioning, .settling].contains(self)
        }
    }

    public var id: String
    public var cluster: String
    public var instanceID: String
    public var node: String
    public var state: State
    /// What it does or waits for, in words.
    public var sentence: String
    /// Why it does not get on, in words; nil while it does.
    public var stall: String?
    /// Blocks that have too few copies elsewhere yet; nil while that is not known.
    public var blocksLeft: Int?
    /// Blocks that were to be copied when that was first known.
    public var blocksAtStart: Int?
    /// Files that are being written on it, at most `maximumFiles`; nil before they were looked for.
    public var openFiles: [String]?
    /// What the checks found; nil before they were made.
    public var plan: DrainPlan?
    public var requestedBy: String
    public var reason: String
    /// Seconds since 1970, as the panel's clock has them.
    public var startedAt: Double
    /// When the state or what is left changed last.
    public var changedAt: Double
    public var endedAt: Double?

    public static let maximumFiles = 20

    public init(
        id: String, cluster: String, instanceID: String, node: String, state: State,
        sentence: String, stall: String? = nil, blocksLeft: Int? = nil,
        blocksAtStart: Int? = nil, openFiles: [String]? = nil, plan: DrainPlan? = nil,
        requestedBy: String, reason: String, startedAt: Double, changedAt: Double,
        endedAt: Double? = nil
    ) {
        self.id = id
        self.cluster = cluster
        self.instanceID = instanceID
        self.node = node
        self.state = state
        self.sentence = sentence
        self.stall = stall
        self.blocksLeft = blocksLeft
        self.blocksAtStart = blocksAtStart
        self.openFiles = openFiles
        self.plan = plan
        self.requestedBy = requestedBy
        self.reason = reason
        self.startedAt = startedAt
        self.changedAt = changedAt
        self.endedAt = endedAt
    }
}

/// Whether a node may go: `GET /v1/clusters/NAME/drain-plan?node=NODE`, which changes nothing, and
/// what the checks of a drain found.
public struct DrainPlan: Codable, Sendable, Equatable {
    /// A node of the cluster, by how cheap it would be to drain.
    public struct Candidate: Codable, Sendable, Equatable {
        public var node: String
        public var instanceID: String
        /// Of HDFS; nil where the NameNode does not list it.
        public var usedBytes: Int64?
        public var blocks: Int?
        /// Of YARN, running on it; nil where no ResourceManager tells of it.
        public var containers: Int?
        /// Why it cannot be drained; nil where it can.
        public var obstacle: String?

        public init(
            node: String, instanceID: String, usedBytes: Int64?, blocks: Int?,
            containers: Int? = nil, obstacle: String?
        ) {
            self.node = node
            self.instanceID = instanceID
            self.usedBytes = usedBytes
            self.blocks = blocks
            self.containers = containers
            self.obstacle = obstacle
        }
    }

    public var node: String
    public var instanceID: String
    public var guards: [Guard]
    /// The cheapest first; at most `maximumCandidates`.
    public var ranking: [Candidate]
    /// The whole in one sentence.
    public var sentence: String

    public static let maximumCandidates = 200

    public var mayGo: Bool { guards.allSatisfy(\.isOpen) }

    public init(
        node: String, instanceID: String, guards: [Guard], ranking: [Candidate], sentence: String
    ) {
        self.node = node
        self.instanceID = instanceID
        self.guards = guards
        self.ranking = ranking
        self.sentence = sentence
    }
}

/// `POST /v1/clusters/NAME/drains`: a node that is to be emptied and then ended.
public struct DrainOrder: Codable, Sendable, Equatable {
    public var node: String
    /// The id of the instance that is meant: a name may be another instance's by now.
    public var confirm: String
    public var reason: String?

    public init(node: String, confirm: String, reason: String? = nil) {
        self.node = node
        self.confirm = confirm
        self.reason = reason
    }
}
