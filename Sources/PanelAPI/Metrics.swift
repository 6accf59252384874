/// What nodes measure: the names of the paper that the cluster's autoscaling goes back to, which
/// are those of sar(1) wherever it has one.
public enum Metric: String, Sendable, CaseIterable {
    /// Percent of all processors' time: in user space (`sar -u`, without what was niced), in the
    /// kernel with its interrupts, and idle while a disk was waited for.
    case user, system, iowait
    /// Context switches a second (`cswch/s` of `sar -w`).
    case contextSwitches = "ctxt"
    /// Tasks that run or wait to, without the one that looks; all tasks; the load average of a
    /// minute (`sar -q`).
    case runQueue = "runq-sz"
    case tasks = "plist-sz"
    case load1 = "ldavg-1"
    /// Blocks of 512 bytes read from and written to disks a second (`sar -b`).
    case blocksRead = "bread"
    case blocksWritten = "bwrtn"
    /// Bytes a second through the network's interfaces (`sar -n DEV`, which has kB).
    case bytesReceived = "eth-rxbyt"
    case bytesSent = "eth-txbyt"
    /// KiB paged in and out, and page faults of both kinds, a second (`sar -B`).
    case pagedIn = "pgpgin"
    case pagedOut = "pgpgout"
    case faults = "fault"
    /// TCP connections aborted with data in the queue, a second.
    case tcpAborts = "TCPAbortOnData"
    /// The longest retransmission time-out of TCP, in milliseconds.
    case maximumRTO = "rto-max"
}

/// What a node measured over some seconds.
public struct MetricSample: Codable, Sendable, Equatable {
    /// At its end: seconds since 1970 by the node's clock. Names it: a sample whose arrival was not
    /// confirmed is sent again.
    public var at: Double
    /// Over how long.
    public var seconds: Double
    /// By `Metric`'s names. What could not be measured is not there, and never zero for that.
    public var values: [String: Double]

    public init(at: Double, seconds: Double, values: [String: Double]) {
        self.at = at
        self.seconds = seconds
        self.values = values
    }

    public subscript(metric: Metric) -> Double? { values[metric.rawValue] }
}

/// How full the file system at a mount point is.
public struct MountSpace: Codable, Sendable, Equatable {
    public var mount: String
    /// False where the volume is not mounted: the figures are left out then.
    public var isMounted: Bool
    public var bytes: Double?
    /// For who is not root (statvfs(3), f_bavail).
    public var availableBytes: Double?
    /// Percent of the inodes; nil where the file system has no fixed number of them.
    public var usedInodesPercent: Double?

    public init(
        mount: String, isMounted: Bool, bytes: Double? = nil, availableBytes: Double? = nil,
        usedInodesPercent: Double? = nil
    ) {
        self.mount = mount
        self.isMounted = isMounted
        self.bytes = bytes
        self.availableBytes = availableBytes
        self.usedInodesPercent = usedInodesPercent
    }
}
