/// What the kernel has counted until one moment, taken from the files of proc(5). What could not be
/// read, or is not as that page says, is nil.
public struct KernelCounters: Sendable, Equatable {
    /// Times of all processors together, in ticks.
    public struct Processors: Sendable, Equatable {
        /// With what guests took, as the kernel counts it.
        public var user: UInt64
        public var nice: UInt64
        /// Interrupts with it.
        public var system: UInt64
        public var idle: UInt64
        public var iowait: UInt64
        public var stolen: UInt64
    }

    /// What went in and out of a disk, in blocks of 512 bytes, or of an interface, in bytes.
    public struct Traffic: Sendable, Equatable {
        public var into: UInt64
        public var out: UInt64

        public init(into: UInt64, out: UInt64) {
            self.into = into
            self.out = out
        }
    }

    /// Since whatever moment, as long as it is the same for all: seconds that only grow.
    public var seconds: Double
    public var processors: Processors?
    public var contextSwitches: UInt64?
    /// Tasks that run or wait to, the reader among them.
    public var running: UInt64?
    public var tasks: UInt64?
    public var load1: Double?
    /// By name. `into` is what was read from the disk. Nil: the list could not be read.
    public var disks: [String: Traffic]?
    /// By name. `into` is what was received.
    public var interfaces: [String: Traffic]?
    /// KiB.
    public var pagedIn: UInt64?
    public var pagedOut: UInt64?
    public var faults: UInt64?
    public var tcpAborts: UInt64?
    public var maximumRTO: UInt64?

    public init(seconds: Double) {
        self.seconds = seconds
    }
}

/// Which file of `/proc` has what.
public enum KernelFile: String, Sendable, CaseIterable {
    case stat = "/stat"
    case load = "/loadavg"
    case memory = "/vmstat"
    case disks = "/diskstats"
    case interfaces = "/net/dev"
    case tcp = "/net/snmp"
    case tcpExtensions = "/net/netstat"
}
