/// `POST /v1/heartbeats`, once a minute unless the panel says otherwise in its answer.
public struct Heartbeat: Codable, Sendable, Equatable {
    /// One boot of one instance.
    public var bootID: String
    /// Grows with each heartbeat of a boot: an older one that comes late changes nothing.
    public var sequence: Int
    public var uptimeSeconds: Double
    /// 1-minute load average, as the node sees it.
    /// Nil where it cannot be read: a node lives without telling its load.
    public var load1: Double?
    /// True where `load1` is that of the whole machine that the node shares (a light instance).
    public var loadIsHostWide: Bool
    /// When it was sent: seconds since 1970 by the node's clock. Nil from a boot that goes on and
    /// from older nodes, as is all that follows.
    public var sentAt: Double?
    /// What was measured since the newest heartbeat that was answered, the oldest first.
    public var samples: [MetricSample]?
    /// How many samples were let go since then, because the panel was away for too long.
    public var samplesLost: Int?
    /// Of the file systems as they are now.
    public var space: [MountSpace]?
    /// All that hold now. Nil where the cloud could not be asked.
    public var notices: [CloudNotice]?

    /// So many samples fit into one heartbeat; a node that has more sends more heartbeats.
    public static let maximumSamples = 120
    public static let maximumMounts = 64
    public static let maximumNotices = 32

    public init(
        bootID: String, sequence: Int, uptimeSeconds: Double, load1: Double?, loadIsHostWide: Bool
    ) {
        self.bootID = bootID
        self.sequence = sequence
        self.uptimeSeconds = uptimeSeconds
        self.load1 = load1
        self.loadIsHostWide = loadIsHostWide
    }
}

/// The panel's answer to a heartbeat.
public struct HeartbeatAnswer: Codable, Sendable, Equatable {
    public var intervalSeconds: Double
    public var master: MasterRecord?

    public init(intervalSeconds: Double, master: MasterRecord?) {
        self.intervalSeconds = intervalSeconds
        self.master = master
    }
}

/// How one step of a boot went.
public struct StepReport: Codable, Sendable, Equatable {
    public enum Outcome: String, Codable, Sendable, CaseIterable {
        /// Found done already, or had nothing to do.
        case unchanged
        case done, failed, skipped
    }

    public var name: String
    public var outcome: Outcome
    /// Seconds after the boot's start.
    public var startSeconds: Double
    public var seconds: Double
    /// What was done or why it failed, one line, without secrets.
    public var detail: String

    public init(
        name: String, outcome: Outcome, startSeconds: Double, seconds: Double, detail: String
    ) {
        self.name = name
        self.outcome = outcome
        self.startSeconds = startSeconds
        self.seconds = seconds
        self.detail = detail
    }
}

/// `POST /v1/reports`: a whole boot.
public struct BootReport: Codable, Sendable, Equatable {
    public enum Outcome: String, Codable, Sendable, CaseIterable {
        case done, failed, degraded
    }

    public var bootID: String
    public var instanceID: String
    public var outcome: Outcome
    public var seconds: Double
    public var steps: [StepReport]

    public init(
        bootID: String, instanceID: String, outcome: Outcome, seconds: Double, steps: [StepReport]
    ) {
        self.bootID = bootID
        self.instanceID = instanceID
        self.outcome = outcome
        self.seconds = seconds
        self.steps = steps
    }
}
