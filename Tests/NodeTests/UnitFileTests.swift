import Glibc
import Host
import Node
import Support
import Testing

/// The units of `packaging/systemd`, judged by systemd's own tool.
@Suite struct UnitFileTests {
    static let folder = Checkout.root + "/packaging/systemd"
    // Only systemd itself can judge units: a machine without it leaves this out.
    static let hasSystemd = Command.exists("systemd-analyze") && access(systemUnits, R_OK) == 0
    static let systemUnits = "/usr/lib/systemd/system"

    @Test(.enabled(if: hasSystemd)) func `systemd has nothing to say against the units`()
        async throws
    {
        try await withTemporaryDirectory { root in
            try await Self.tree(root)
            let result = try await Self.verify(root)
            #expect(result.exitCode == 0 && result.errors == "")
        }
    }

    @Test(.enabled(if: hasSystemd)) func `a wrong word in a unit does not get past systemd`()
        async throws
    {
        try await withTemporaryDirectory { root in
            try await Self.tree(root)
            let path = Self.systemUnits + "/howdah-boot.service"
            let text = try Files(root: root).text(path)
            try Files(root: root).write(
                text.replacing("After=network-online", with: "Afterwards=network-online"), to: path)
            #expect(try await Self.verify(root).errors.contains("Afterwards"))
        }
    }

    @Test(.enabled(if: hasSystemd)) func `systemd calls the agent and the gateway well confined`()
        async throws
    {
        // Tenths: what each may have at most, and a limit that nothing reaches.
        for (name, limit, verdict) in [
            ("agent", 30, Int32(0)), ("agent", 5, 1), ("gateway", 25, 0), ("gateway", 5, 1),
        ] {
            let unit = Self.folder + "/howdah-\(name).service"
            let result = try await Command.run(
                "systemd-analyze",
                ["security", "--no-pager", "--offline=yes", "--threshold=\(limit)", unit],
                mayFail: true)
            #expect(result.exitCode == verdict, "\(result.output.suffix(200))")
        }
    }

    @Test func `nothing is ordered by what cloud-init has`() throws {
        for name in try Files().list(Self.folder) where name.hasSuffix(".service") {
            for line in try Files().text("\(Self.folder)/\(name)").split(separator: "\n")
            where !line.hasPrefix("#") {
                #expect(!line.contains("cloud-"), "\(name): \(line)")
            }
        }
    }

    @Test func `the boot ends by its own deadlines before systemd ends it`() throws {
        let limits = BootDeadlines()
        let longest =
            limits.facts + limits.call * 2 + limits.panel + limits.call
            + max(limits.volume, limits.packages, limits.master + limits.call)
            + limits.daemons * 2 + limits.report
        let unit = try Files().text(Self.folder + "/howdah-boot.service")
        #expect(unit.contains("\nTimeoutStartSec=3h\n"))
        #expect(longest < .seconds(3 * 3600))
    }

    /// A root with systemd's own units, ours, and the programs that ours name.
    static func tree(_ root: String) async throws {
        for folder in ["/usr/bin", "/usr/lib/systemd", "/etc"] {
            try Files(root: root).makeDirectory(folder)
        }
        try await Command.run("cp", ["-a", systemUnits, root + systemUnits])
        for unit in try Files().list(folder)
        where unit.hasSuffix(".service") || unit.hasSuffix(".socket") {
            try await Command.run("cp", ["\(folder)/\(unit)", root + systemUnits])
        }
        for program in ["howdah-node", "systemctl"] {
            try Files(root: root).write("#!/bin/sh\n", to: "/usr/bin/\(program)", mode: 0o755)
        }
    }

    static func verify(
        _ root: String,
        _ units: [String] = [
            "howdah-boot.service", "howdah-agent.service", "howdah-gateway.service",
            "howdah-gateway.socket",
        ]
    ) async throws -> Command.Output {
        try await Command.run(
            "systemd-analyze",
            ["verify", "--man=no", "--recursive-errors=yes", "--root=\(root)"] + units,
            mayFail: true)
    }
}
