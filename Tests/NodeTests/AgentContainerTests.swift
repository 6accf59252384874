import Glibc
import Host
import Support
import Testing

/// The agent as a unit, under systemd itself. Needs root and a tree to boot.
@Suite(.enabled(if: NodeContainer.whyNot == nil)) struct AgentContainerTests {
    static let unit = "howdah-agent.service"

    @Test func `the agent is ready without a panel, finds it, and ends at once when asked to`()
        async throws
    {
        try await NodeContainer.with { container in
            try await container.start()
            let metadata = try await NodeContainer.serve("metadata", in: container)
            defer { metadata.stop() }
            try await container.systemctl(["start", Self.unit])
            #expect(try await container.show("SubState", of: Self.unit) == "running")
            try await Self.waitFor("no answer: ", "StatusText", container)
            let panel = try await NodeContainer.serve("panel", in: container)
            defer { panel.stop() }
            try await Self.waitFor("the panel has answered", "StatusText", container)
            #expect(
                try await container.run("cat", "/etc/hosts").output.contains("10.77.0.2 master"))
            #expect(try await container.show("NRestarts", of: Self.unit) == "0")
            let start = ContinuousClock.now
            try await container.systemctl(["stop", Self.unit])
            #expect(ContinuousClock.now - start < .seconds(5))
            #expect(try await container.show("Result", of: Self.unit) == "success")
            #expect(try await container.show("ExecMainStatus", of: Self.unit) == "0")
        }
    }

    @Test func `an agent that hangs is killed by the watchdog and started again`() async throws {
        try await NodeContainer.with { container in
            try container.put(
                "[Service]\nWatchdogSec=3s\n", at: "/etc/systemd/system/\(Self.unit).d/short.conf")
            try await container.start()
            let metadata = try await NodeContainer.serve("metadata", in: container)
            defer { metadata.stop() }
            let panel = try await NodeContainer.serve("panel", in: container)
            defer { panel.stop() }
            try await container.systemctl(["start", Self.unit])
            // It is watched, and lives through more than its limit.
            let first = try await container.show("WatchdogTimestampMonotonic", of: Self.unit)
            try await Task.sleep(for: .seconds(5))
            let later = try await container.show("WatchdogTimestampMonotonic", of: Self.unit)
            #expect(try #require(UInt64(first)) < #require(UInt64(later)))
            #expect(try await container.show("NRestarts", of: Self.unit) == "0")
            let process = try await container.show("MainPID", of: Self.unit)
            try await container.run("kill", "-STOP", process)
            try await Self.waitFor("1", "NRestarts", container)
            try await Self.waitFor("running", "SubState", container)
            #expect(try await container.show("MainPID", of: Self.unit) != process)
            #expect(try await container.journal(Self.unit).contains("Watchdog timeout"))
        }
    }

    @Test func `a boot that is asked to end does so at once, and its state says so`()
        async throws
    {
        try await NodeContainer.with { container in
            try await container.start()
            let boot = "howdah-boot.service"
            // Nobody answers at 169.254.169.254: it waits.
            try await container.systemctl(["start", "--no-block", boot])
            _ = try await poll(
                every: .milliseconds(100), for: .seconds(300), clock: ContinuousClock(),
                what: "the boot to begin"
            ) {
                let status = try await container.run(
                    "/usr/bin/howdah-node", "status", mayFail: true)
                return status.output.contains("facts: under way") ? true : nil
            }
            try await container.systemctl(["stop", boot])
            // Not `timeout`: systemd did not have to kill it.
            #expect(try await container.show("Result", of: boot) != "timeout")
            let status = try await container.run(
                "/usr/bin/howdah-node", "status", "--wait", mayFail: true)
            #expect(status.exitCode == 1)
            #expect(status.output.contains("failed: facts: interrupted by SIGTERM"))
            #expect(try await container.journal(boot).contains("interrupted by SIGTERM at facts"))
        }
    }

    private static func waitFor(
        _ text: String, _ property: String, _ container: BootedContainer
    ) async throws {
        _ = try await poll(
            every: .milliseconds(100), for: .seconds(300), clock: ContinuousClock(),
            what: "'\(text)' of \(property)"
        ) { try await container.show(property, of: unit).contains(text) ? true : nil }
    }
}
