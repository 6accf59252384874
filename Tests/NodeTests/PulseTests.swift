import Host
import PanelAPI
import Support
import Testing

@testable import Node

@Suite struct PulseTests {
    static let own = "36 25 0:40 /loadavg /proc/loadavg rw - fuse.lxcfs lxcfs rw"
    static let others = "25 1 0:4 / /proc rw - proc proc rw"

    @Test(arguments: [
        ([others, own], true, false), ([others], true, true), ([others], false, false),
        ([others, own], false, false), ([], true, true),
    ]) func `load is the whole host's in a container without a file of its own`(
        lines: [String], isContainer: Bool, isHostWide: Bool
    ) {
        let mounts = lines.compactMap { MountEntry(line: $0) }
        #expect(mounts.count == lines.count)
        #expect(
            LoadScope.isHostWide(mounts: mounts, proc: "/proc", isContainer: isContainer)
                == isHostWide)
    }

    @Test func `the sequence grows with the machine, not with its uptime file`() async throws {
        try await withTemporaryDirectory { root in
            let proc = Files(root: root)
            try proc.write("0.50 0.40 0.30 1/100 4242\n", to: "/loadavg")
            try proc.write("900.10 800.00\n", to: "/uptime")
            var pulse = Pulse(
                paths: HostPaths(proc: root), isHostWide: false, clock: { .milliseconds(1_234_567) }
            )
            let first = pulse.beat("b")
            #expect(first.sequence == 1_234_567 && first.uptimeSeconds == 900.1)
            #expect(first.load1 == 0.5)
            // lxcfs comes up after the agent: the container's own uptime is smaller.
            try proc.write("3.00 2.00\n", to: "/uptime")
            pulse.clock = { .milliseconds(1_234_569) }
            #expect(pulse.beat("b").sequence == 1_234_569)
            // lxcfs has died: its files are there and cannot be read.
            try proc.remove("/loadavg")
            try proc.remove("/uptime")
            let blind = pulse.beat("b")
            #expect(blind.load1 == nil && blind.uptimeSeconds == 1234.569)
            let now = Pulse(paths: HostPaths(proc: root), isHostWide: false)
            let before = now.beat("b").sequence
            try await Task.sleep(for: .milliseconds(3))
            #expect(now.beat("b").sequence > before)
        }
    }
}
