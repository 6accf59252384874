internal import Host
internal import NodeMetrics

/// Reads what the kernel has counted until now: the node's own network, and of the machine the
/// rest, which a container shares with others.
///
/// Each file is opened anew: lxcfs, which may be mounted over some of them, comes and goes. That is
/// a tenth of what the kernel takes to write them.
struct CounterReader: Sendable {
    /// Bytes of one file: the kernel's statistics have a number for each of many interrupts.
    static let maximumBytes = 1 << 20
    static let loopback = "lo"

    let paths: HostPaths
    /// Since the machine's start.
    var clock: @Sendable () -> Duration = MachineClock.sinceStart

    /// What cannot be read is left out.
    func read() -> KernelCounters {
        let proc = Files(root: paths.proc)
        let sys = Files(root: paths.sys)
        var counters = KernelCounters(seconds: clock().inSeconds)
        for file in KernelFile.allCases {
            guard let bytes = try? proc.read(file.rawValue, limit: Self.maximumBytes) else {
                continue
            }
            counters.take(file, bytes) { name in
                switch file {
                // Without partitions, loop devices and mappings: all of these would count twice.
                case .disks: sys.exists("/block/\(name)/device")
                case .interfaces: name != Self.loopback
                default: true
                }
            }
        }
        // Where there are real ones, bridges and tunnels only pass on what goes through them.
        let real = counters.interfaces?.filter { sys.exists("/class/net/\($0.key)/device") } ?? [:]
        if !real.isEmpty { counters.interfaces = real }
        return counters
    }
}
