internal import Host
internal import PanelAPI

/// Reads what a heartbeat says from `/proc` (proc(5)).
struct Pulse: Sendable {
    let paths: HostPaths
    let isHostWide: Bool
    /// Since the machine's start.
    var clock: @Sendable () -> Duration = MachineClock.sinceStart

    func beat(_ bootID: String) throws -> Heartbeat {
        // The clock's milliseconds grow, whoever sends: the boot itself, then the agent, and the
        // agent that systemd started again. `/proc/uptime` is lxcfs's in a container, and jumps.
        let (seconds, attoseconds) = clock().components
        let sequence = Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
        return Heartbeat(
            bootID: bootID, sequence: sequence, uptimeSeconds: try first("/uptime"),
            load1: try first("/loadavg"), loadIsHostWide: isHostWide)
    }

    /// The first number of a file.
    private func first(_ path: String) throws -> Double {
        let text = try Files(root: paths.proc).text(path)
        guard let word = text.split(separator: " ").first, let number = Double(word) else {
            throw PulseError(path: paths.proc + path, found: String(text.prefix(40)))
        }
        return number
    }
}

struct PulseError: Error, CustomStringConvertible {
    let path: String
    let found: String

    var description: String { "'\(path)' does not begin with a number but '\(found)'" }
}
