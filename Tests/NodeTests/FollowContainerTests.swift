import Host
import Support
import Testing

/// A node whose master is replaced, under systemd and confined as the agent's unit has it. Needs
/// root and a tree to boot.
@Suite(.enabled(if: NodeContainer.whyNot == nil)) struct FollowContainerTests {
    static let daemon = "howdah-listener.service"
    static let stack = """
        stack: 1
        name: tiny
        master: master
        common:
          packages: []
          files: [{path: "/etc/tiny/site", text: "of ${master.name} at ${master.address}"}]
        roles:
          master: {packages: []}
          slave:
            files: [{path: "/etc/tiny/members", members: include}]
            daemons:
              - name: listener
                command: [/usr/bin/systemd-socket-activate, --accept, -l, "7070", --inetd, /bin/cat]
                readiness: [{host: 127.0.0.1, port: 7070}]
                deadline: 5 min
                refresh: [/bin/sh, -c, "echo told >>/usr/told"]

        """

    @Test func `files and daemons follow, and the cloud's notices are passed on`() async throws {
        try await withCloud { container, cloud in
            try container.put(Self.stack, at: "/usr/share/howdah/stacks/tiny.yaml")
            try await container.systemctl(["start", "howdah-boot.service"])
            #expect(try await read("/etc/tiny/site", container) == "of master at 10.77.0.2")
            let before = try await container.show("MainPID", of: Self.daemon)
            #expect(before != "0")

            try cloud.write("10.77.0.9", to: "/master")
            try await waitFor("a daemon that was started anew") {
                let now = try await container.show("MainPID", of: Self.daemon)
                return now != before && now != "0"
            }
            #expect(try await read("/etc/hosts", container).contains("10.77.0.9 master"))
            #expect(try await read("/etc/tiny/site", container) == "of master at 10.77.0.9")
            try await waitFor("the step's end") {
                try await read("/var/log/howdah/boot.log", container)
                    .contains("agent: daemons: done: ready: listener")
            }

            // What the agent itself cannot do: /usr is closed to it.
            try await waitFor("the daemon to be told of the members") {
                try await container.run("cat", "/usr/told", mayFail: true).output
                    .hasPrefix("told\n")
            }
            try await waitFor("the new master in the list") {
                try await read("/etc/tiny/members", container).contains("10.77.0.9\n")
            }

            let spot = #"{\"action\": \"terminate\", \"time\": \"2026-11-22T08:22:00Z\"}"#
            try cloud.write("{\"meta-data/spot/instance-action\": \"\(spot)\"}", to: "/notices")
            let words = "the cloud says: spot notice: terminate at 2026-11-22T08:22:00Z"
            try await waitFor("the notice in status") {
                try await container.run("/usr/bin/howdah-node", "status", mayFail: true).output
                    .contains(words)
            }
            let journal = try await container.run("journalctl", "HOWDAH_NOTICE=spot").output
            #expect(journal.split(separator: "\n").count { $0.contains("agent: spot notice") } == 1)
            try await waitFor("the notice at the panel") {
                try cloud.text("/beats").contains("terminate")
            }
        }
    }

    @Test func `what was told to nobody is told when the panel is back`() async throws {
        try await withCloud { container, cloud in
            try cloud.write("", to: "/away")
            try await container.systemctl(["start", "howdah-agent.service"])
            try await waitFor("a failure in the log") {
                try await container.run("cat", "/var/log/howdah/boot.log", mayFail: true).output
                    .contains("heartbeat: ")
            }
            #expect(try cloud.textIfPresent("/beats") == nil)
            try cloud.remove("/away")
            try await waitFor("a sample") {
                try cloud.textIfPresent("/beats")?.contains("plist-sz") ?? false
            }
            try await waitFor("the log's word") {
                try await read("/var/log/howdah/boot.log", container).contains("answers again")
            }
        }
    }

    /// A container that runs, with a metadata service and a panel; what files of the folder say,
    /// they answer.
    private func withCloud(
        _ body: (BootedContainer, Files) async throws -> Void
    ) async throws {
        try await NodeContainer.with { container in
            try await withTemporaryDirectory { folder in
                try await container.start()
                let metadata = try await NodeContainer.serve(
                    "metadata", in: container, changedBy: folder)
                defer { metadata.stop() }
                let panel = try await NodeContainer.serve("panel", in: container, changedBy: folder)
                defer { panel.stop() }
                try await body(container, Files(root: folder))
            }
        }
    }

    private func read(_ path: String, _ container: BootedContainer) async throws -> String {
        try await container.run("cat", path).output
    }

    private func waitFor(_ what: String, _ isThere: () async throws -> Bool) async throws {
        _ = try await poll(
            every: .milliseconds(200), for: .seconds(300), clock: ContinuousClock(), what: what
        ) { try await isThere() ? true : nil }
    }
}
