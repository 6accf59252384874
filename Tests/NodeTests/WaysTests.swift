import Glibc
import Host
import Support
import Testing

/// The ways to start howdah-node at power-on: each alone, and all at once. A script that writes
/// down how it was called stands for the program. Needs root and trees to boot.
@Suite(.serialized, .enabled(if: ContainerTree.whyNot == nil)) struct WaysTests {
    enum Way: String, Sendable {
        case unit, rcLocal, perBootScript, userData

        var tree: ContainerTree { self == .unit || self == .rcLocal ? .base : .cloudInit }
    }

    static let log = "/ways.log"
    /// The boot id as the kernel has it, and its first process's start: one power-on.
    static let program = """
        #!/bin/sh
        echo "$1 $(cat /proc/sys/kernel/random/boot_id) $(cut -d' ' -f22 /proc/1/stat)" >>\(log)
        case $1 in
        boot) sleep 1 ;;
        agent) exec sleep 1000 ;;
        esac

        """

    @Test(arguments: [
        [Way.unit], [.rcLocal], [.perBootScript], [.userData],
        [.unit, .rcLocal, .perBootScript, .userData],
    ]) func `the node is started once a boot, whoever starts it`(ways: [Way]) async throws {
        let tree = ways.contains { $0.tree == .cloudInit } ? ContainerTree.cloudInit : .base
        try await BootedContainer.with(tree: tree.path()) { container in
            try Self.install(in: container, ways)
            for boot in 1...2 {
                try await container.start()
                let lines = try await Self.lines(container, boot * 2)
                #expect(lines.map { $0.prefix { $0 != " " } }.suffix(2) == ["boot", "agent"])
                // Both see the same boot, and not the one before.
                let boots = lines.map { String($0.split(separator: " ", maxSplits: 1)[1]) }
                #expect(Set(boots.suffix(2)).count == 1 && Set(boots).count == boot, "\(lines)")
                let unit = "howdah-boot.service"
                #expect(try await container.show("ActiveState", of: unit) == "active")
                #expect(try await !container.journal().contains("ordering cycle"))
                try await container.powerOff()
            }
            #expect(
                try Files(root: container.upper).text(Self.log).split(separator: "\n").count == 4)
        }
    }

    @Test func `a boot that failed is not tried again by the next way`() async throws {
        try await BootedContainer.with(tree: ContainerTree.base.path()) { container in
            try Self.install(in: container, [.unit, .rcLocal])
            try container.put(
                "#!/bin/sh\necho $1 >>\(Self.log)\nexit 1\n", at: "/usr/bin/howdah-node",
                mode: 0o755)
            #expect(try await container.start() == "degraded")
            try await container.run("/etc/rc.local")
            #expect(try await container.show("ActiveState", of: "howdah-boot.service") == "failed")
            #expect(try await container.run("cat", Self.log).output == "boot\n")
        }
    }

    @Test func `a degraded boot is a success for systemd, and the agent follows it`() async throws {
        try await BootedContainer.with(tree: ContainerTree.base.path()) { container in
            try Self.install(in: container, [.unit])
            let program = Self.program.replacing("sleep 1 ;;", with: "exit 2 ;;")
            try container.put(program, at: "/usr/bin/howdah-node", mode: 0o755)
            #expect(try await container.start() == "running")
            #expect(try await Self.lines(container, 2).count == 2)
            #expect(try await container.show("Result", of: "howdah-boot.service") == "success")
        }
    }

    @Test func `without systemd one supervisor runs the boot, then the agent for ever`()
        async throws
    {
        try await BootedContainer.with(tree: ContainerTree.base.path()) { container in
            try Self.install(in: container, [])
            try await container.start()
            let agents = "$(grep -c agent \(Self.log))"
            let script = """
                /usr/lib/howdah/start && /usr/lib/howdah/start
                until [ -s \(Self.log) ] && [ "\(agents)" -ge 1 ]; do sleep 0.1; done
                /usr/lib/howdah/start supervise || exit 1
                kill $(pidof -s sleep)
                until [ "\(agents)" -ge 2 ]; do sleep 0.1; done
                cut -d' ' -f1 \(Self.log)
                """
            // Nothing there says that systemd started the machine.
            let said = try await container.run(
                "-p", "TemporaryFileSystem=/run/systemd", "-p", "RuntimeMaxSec=60", "/bin/sh",
                "-c", script)
            #expect(said.output == "boot\nagent\nagent\n")
        }
    }

    private static func install(in container: BootedContainer, _ ways: [Way]) throws {
        func copy(_ name: String, to path: String, mode: UInt32 = 0o644) throws {
            try container.put(
                Files().text("\(Checkout.root)/\(name)"), at: path, mode: mode)
        }
        for unit in ["howdah-boot.service", "howdah-agent.service"] {
            try copy("packaging/systemd/\(unit)", to: "/usr/lib/systemd/system/\(unit)")
        }
        // The script that stands for the agent tells nobody that it is ready.
        try container.put(
            "[Service]\nType=exec\nWatchdogSec=0\n",
            at: "/etc/systemd/system/howdah-agent.service.d/script.conf")
        try container.put(program, at: "/usr/bin/howdah-node", mode: 0o755)
        try copy("packaging/start", to: "/usr/lib/howdah/start", mode: 0o755)
        if ways.contains(.unit) {
            let wants = "/etc/systemd/system/multi-user.target.wants"
            try Files(root: container.upper).makeDirectory(wants)
            try Files(root: container.upper).symlink(
                "\(wants)/howdah-boot.service", to: "/usr/lib/systemd/system/howdah-boot.service")
        }
        if ways.contains(.rcLocal) { try copy("images/rc.local", to: "/etc/rc.local", mode: 0o755) }
        if ways.contains(.perBootScript) {
            try copy(
                "images/cloud-init/50-howdah", to: "/var/lib/cloud/scripts/per-boot/50-howdah",
                mode: 0o755
            )
        }
        let seed = "/var/lib/cloud/seed/nocloud"
        try container.put("instance-id: i-1\n", at: seed + "/meta-data")
        try container.put(
            "datasource_list: [NoCloud]\nnetwork: {config: disabled}\nlocale: false\n",
            at: "/etc/cloud/cloud.cfg.d/99_test.cfg")
        if ways.contains(.userData) {
            try copy("images/cloud-init/user-data.yaml", to: seed + "/user-data")
        } else {
            try container.put("#cloud-config\n{}\n", at: seed + "/user-data")
        }
    }

    /// The calls, once there are as many as are expected.
    private static func lines(
        _ container: BootedContainer, _ count: Int
    ) async throws -> [Substring] {
        try await poll(
            every: .milliseconds(100), for: .seconds(300), clock: ContinuousClock(),
            what: "\(count) calls of howdah-node"
        ) {
            let text = try await container.run("cat", log, mayFail: true).output
            let lines = text.split(separator: "\n")
            return lines.count >= count ? lines : nil
        }
    }
}
