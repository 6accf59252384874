internal import PanelAPI

/// What two looks at the counters come to. Deciding only.
///
/// A counter that went back was reset, by a disk of the same name or a container's file system that
/// was started anew: there is no telling what was lost, so that nothing is said for this once.
public enum Rates {
    /// Shorter spans tell nothing.
    public static let minimumSeconds = 0.001

    /// By the metrics' names; what is not known is not there.
    public static func values(
        from old: KernelCounters, to new: KernelCounters
    ) -> [String: Double] {
        var found: [Metric: Double] = [:]
        let seconds = new.seconds - old.seconds
        if seconds >= minimumSeconds {
            found = rates(old, new, seconds)
            if let shares = shares(old.processors, new.processors) {
                found.merge(shares) { $1 }
            }
        }
        // Without the one that looks, as sar has it.
        found[.runQueue] = new.running.map { Double($0 > 0 ? $0 - 1 : 0) }
        found[.tasks] = new.tasks.map { Double($0) }
        found[.load1] = new.load1
        found[.maximumRTO] = new.maximumRTO.map { Double($0) }
        return Dictionary(uniqueKeysWithValues: found.map { ($0.key.rawValue, rounded($0.value)) })
    }

    private static func rates(
        _ old: KernelCounters, _ new: KernelCounters, _ seconds: Double
    ) -> [Metric: Double] {
        let counters: [(Metric, UInt64?, UInt64?)] = [
            (.contextSwitches, old.contextSwitches, new.contextSwitches),
            (.pagedIn, old.pagedIn, new.pagedIn), (.pagedOut, old.pagedOut, new.pagedOut),
            (.faults, old.faults, new.faults), (.tcpAborts, old.tcpAborts, new.tcpAborts),
        ]
        var found: [Metric: Double] = [:]
        for (metric, before, after) in counters {
            guard let before, let after, after >= before else { continue }
            found[metric] = Double(after - before) / seconds
        }
        if let disks = growth(old.disks, new.disks) {
            found[.blocksRead] = Double(disks.into) / seconds
            found[.blocksWritten] = Double(disks.out) / seconds
        }
        if let interfaces = growth(old.interfaces, new.interfaces) {
            found[.bytesReceived] = Double(interfaces.into) / seconds
            found[.bytesSent] = Double(interfaces.out) / seconds
        }
        return found
    }

    /// Of what was there both times and has not begun anew; nil where there is no such thing.
    private static func growth(
        _ old: [String: KernelCounters.Traffic]?, _ new: [String: KernelCounters.Traffic]?
    ) -> KernelCounters.Traffic? {
        guard let old, let new else { return nil }
        var sum: KernelCounters.Traffic?
        for (name, now) in new {
            guard let before = old[name], now.into >= before.into, now.out >= before.out else {
                continue
            }
            let known = sum ?? KernelCounters.Traffic(into: 0, out: 0)
            sum = KernelCounters.Traffic(
                into: known.into &+ (now.into - before.into),
                out: known.out &+ (now.out - before.out))
        }
        return sum
    }

    /// Percent of the time of all processors. Idle times may go back a little (proc(5)).
    private static func shares(
        _ old: KernelCounters.Processors?, _ new: KernelCounters.Processors?
    ) -> [Metric: Double]? {
        guard let old, let new, new.user >= old.user, new.nice >= old.nice,
            new.system >= old.system, new.stolen >= old.stolen
        else { return nil }
        let idle = new.idle > old.idle ? new.idle - old.idle : 0
        let iowait = new.iowait > old.iowait ? new.iowait - old.iowait : 0
        let (user, system) = (new.user - old.user, new.system - old.system)
        let all = Double(
            user &+ system &+ (new.nice - old.nice) &+ (new.stolen - old.stolen) &+ idle &+ iowait)
        guard all > 0 else { return nil }
        return [
            .user: Double(user) / all * 100, .system: Double(system) / all * 100,
            .iowait: Double(iowait) / all * 100,
        ]
    }

    /// Two decimals, as sar prints them.
    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
