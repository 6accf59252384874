internal import Host
internal import PanelAPI

/// Reads what a heartbeat says from `/proc` (proc(5)).
struct Pulse: Sendable {
    let paths: HostPaths
    let isHostWide: Bool
    /// Since the machine's start.
    var clock: @Sendable () -> Duration = MachineClock.sinceStart

    /// What cannot be read is left out: lxcfs, whose figures a container shows, may have died, and
    /// the node lives all the same.
    func beat(_ bootID: String) -> Heartbeat {
        // The clock's milliseconds grow, whoever sends: the boot itself, then the agent, and the
        // agent that systemd started again. `/proc/uptime` is lxcfs's in a container, and jumps.
        let (seconds, attoseconds) = clock().components
        let sequence = Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
        return Heartbeat(
            bootID: bootID, sequence: sequence,
            uptimeSeconds: first("/uptime") ?? Double(sequence) / 1000, load1: first("/loadavg"),
            loadIsHostWide: isHostWide)
    }

    /// The first number of a file.
    private func first(_ path: String) -> Double? {
        let text = try? Files(root: paths.proc).text(path)
        return text?.split(separator: " ").first.flatMap { Double($0) }
    }
}
