/// A line of `GET /v1/clusters`.
public struct ClusterSummary: Codable, Sendable, Equatable {
    public var cluster: String
    /// As in `ClusterView`.
    public var verdict: String

    public init(cluster: String, verdict: String) {
        self.cluster = cluster
        self.verdict = verdict
    }
}

/// `GET /v1/clusters/NAME`: what an operator sees, and what the page shows.
public struct ClusterView: Codable, Sendable, Equatable {
    public var cluster: String
    /// One sentence, such as `healthy: 3 up`.
    public var verdict: String
    public var nodes: [NodeView]
    /// Nil before there was one, and from older panels.
    public var master: MasterStanding?

    public init(
        cluster: String, verdict: String, nodes: [NodeView], master: MasterStanding? = nil
    ) {
        self.cluster = cluster
        self.verdict = verdict
        self.nodes = nodes
        self.master = master
    }
}

/// The master's record, and for how long it holds by itself.
public struct MasterStanding: Codable, Sendable, Equatable {
    public var record: MasterRecord
    /// Seconds since 1970. Each sign of life renews the lease; when it has ended the master counts
    /// as down, and is replaced only once EC2 says that it does not run.
    public var leaseEndsAt: Double

    public init(record: MasterRecord, leaseEndsAt: Double) {
        self.record = record
        self.leaseEndsAt = leaseEndsAt
    }
}

public struct NodeView: Codable, Sendable, Equatable {
    public enum State: String, Codable, Sendable, CaseIterable {
        /// Enrolled, boot not reported yet.
        case booting
        case up
        /// It missed a heartbeat for certain; not yet silent for as long as one that is down.
        case stale
        /// It is being emptied, before it goes.
        case draining
        /// Nothing of HDFS is on it alone any more; it is about to go.
        case decommissioned
        /// Its boot reported a failure.
        case failed
        /// Silent for longer than the time-out.
        case down
        /// EC2 says that it is stopped or terminated.
        case gone
    }

    public var name: String
    public var instanceID: String
    public var role: String
    public var state: State
    public var address: String
    /// Seconds since the last heartbeat; nil before the first.
    public var silentSeconds: Double?
    public var load1: Double?
    public var loadIsHostWide: Bool
    public var volumes: [VolumeClaim]
    public var lastBoot: BootReport?
    /// Nil before the node's agent has told anything.
    public var latest: NodeNews?

    public init(
        name: String, instanceID: String, role: String, state: State, address: String,
        silentSeconds: Double?, load1: Double?, loadIsHostWide: Bool, volumes: [VolumeClaim],
        lastBoot: BootReport?, latest: NodeNews? = nil
    ) {
        self.name = name
        self.instanceID = instanceID
        self.role = role
        self.state = state
        self.address = address
        self.silentSeconds = silentSeconds
        self.load1 = load1
        self.loadIsHostWide = loadIsHostWide
        self.volumes = volumes
        self.lastBoot = lastBoot
        self.latest = latest
    }
}

/// What a node's heartbeats told last.
public struct NodeNews: Codable, Sendable, Equatable {
    public var sample: MetricSample?
    public var space: [MountSpace]?
    public var notices: [CloudNotice]?

    public init(
        sample: MetricSample? = nil, space: [MountSpace]? = nil, notices: [CloudNotice]? = nil
    ) {
        self.sample = sample
        self.space = space
        self.notices = notices
    }

    /// With what a later heartbeat tells in the place of the old; what it is silent about stays.
    public func updated(by beat: Heartbeat) -> NodeNews {
        NodeNews(
            sample: beat.samples?.last ?? sample, space: beat.space ?? space,
            notices: beat.notices ?? notices)
    }
}
