import Host
import Support
import Testing

/// What the agent's unit leaves it and what it takes, under systemd itself. A script stands for the
/// program. Needs root and a tree to boot.
@Suite(.enabled(if: ContainerTree.whyNot == nil)) struct AgentSandboxTests {
    /// Says of each thing that it tries how it went.
    static let program = """
        #!/bin/sh
        try() { if sh -c "$2" >/dev/null 2>&1; then echo "$1"; else echo "no $1"; fi >>/srv/said; }
        try hosts 'cp -p /etc/hosts /etc/hosts.new && chown 0:0 /etc/hosts.new &&
          chmod 644 /etc/hosts.new && mv /etc/hosts.new /etc/hosts'
        try configuration 'mkdir -p /etc/hadoop && echo x >/etc/hadoop/core-site.xml'
        try state 'mkdir -p /var/lib/howdah && echo x >/var/lib/howdah/x'
        try units 'mkdir -p /run/systemd/system && echo >/run/systemd/system/howdah-x.conf'
        try load 'cat /proc/loadavg /proc/stat /proc/vmstat /proc/net/dev /proc/1/stat'
        try reload 'systemctl daemon-reload'
        try restart 'systemctl restart howdah-daemon.service'
        try network 'getent ahosts localhost'
        try programs 'echo x >/usr/bin/x'
        try mount 'mount -t tmpfs none /mnt'
        try homes 'ls /root/.profile'
        try device 'mknod /srv/null c 1 3'
        try namespace 'unshare --mount true'
        echo end >>/srv/said
        exec sleep 1000

        """

    @Test func `the agent can do its work and nothing that is not`() async throws {
        try await BootedContainer.with(tree: ContainerTree.base.path()) { container in
            let unit = "howdah-agent.service"
            let text = readFile("\(Checkout.root)/packaging/systemd/\(unit)") ?? []
            try container.put(
                String(decoding: text, as: UTF8.self), at: "/usr/lib/systemd/system/\(unit)")
            // The script tells nobody that it is ready.
            try container.put(
                "[Service]\nType=exec\nWatchdogSec=0\n",
                at: "/etc/systemd/system/\(unit).d/script.conf")
            try container.put(
                "[Service]\nExecStart=/bin/sleep 1000\n",
                at: "/etc/systemd/system/howdah-daemon.service")
            try container.put(Self.program, at: "/usr/bin/howdah-node", mode: 0o755)
            try container.put("a file\n", at: "/root/.profile")
            try container.put("127.0.0.1 localhost\n", at: "/etc/hosts")
            try await container.start()
            let first = try await Self.daemon(container)
            try await container.systemctl(["start", unit])
            // Plain words: the script has systemd read its units anew meanwhile.
            let said = try await poll(
                every: .milliseconds(100), for: .seconds(300), clock: ContinuousClock(),
                what: "the stand-in to say all"
            ) { () async throws -> String? in
                let said = try await container.run("cat", "/srv/said", mayFail: true).output
                return said.hasSuffix("end\n") ? said : nil
            }
            #expect(
                said == """
                    hosts
                    configuration
                    state
                    units
                    load
                    reload
                    restart
                    network
                    no programs
                    no mount
                    no homes
                    no device
                    no namespace
                    end

                    """)
            #expect(try await Self.daemon(container) != first)
            #expect(try await container.run("cat", "/etc/hadoop/core-site.xml").output == "x\n")
        }
    }

    private static func daemon(_ container: BootedContainer) async throws -> String {
        try await container.systemctl(["start", "howdah-daemon.service"])
        return try await container.show("MainPID", of: "howdah-daemon.service")
    }
}
