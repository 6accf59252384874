internal import Host
internal import PanelAPI

/// Reads what a heartbeat says from `/proc` (proc(5)).
struct Pulse: Sendable {
    let paths: HostPaths
    let isHostWide: Bool

    func beat(_ bootID: String) throws -> Heartbeat {
        let uptime = try first("/uptime")
        // Milliseconds of uptime grow, whoever sends: the boot itself, then the agent.
        return Heartbeat(
            bootID: bootID, sequence: Int(uptime * 1000), uptimeSeconds: uptime,
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
