import Glibc
import Support
import Testing

/// The packages of `howdah` and `howdah-panel`. A program of the machine stands for each.
@Suite(.serialized, .enabled(if: BuiltPackages.whyNoStandIn == nil)) struct PanelPackageTests {
    static let unit = "howdah-panel.service"

    @Test func `the operator's tool comes with its page and its completions`() async throws {
        try await BuiltPackages.with(["1.0"], of: .standIn("howdah")) { built in
            let listed = try await Command.run("dpkg-deb", ["--contents", built.deb("1.0")]).output
            for path in [
                "./usr/bin/howdah\n", "./usr/share/man/man1/howdah.1.gz\n",
                "./usr/share/bash-completion/completions/howdah\n",
                "./usr/share/zsh/vendor-completions/_howdah\n",
                "./usr/share/fish/vendor_completions.d/howdah.fish\n",
                "./usr/share/doc/howdah/publish.md\n",
            ] { #expect(listed.contains(path), "\(path)") }
            // Nothing of it runs by itself.
            #expect(!listed.contains("systemd"))
            let text = try await Command.run(
                "sh",
                [
                    "-c",
                    "dpkg-deb --fsys-tarfile \"$1\" | tar -xO ./usr/share/man/man1/howdah.1.gz"
                        + " | gzip -d", "sh", built.deb("1.0"),
                ]
            ).output
            #expect(text.contains("howdah repo publish"))
        }
    }

    @Test(.enabled(if: ContainerTree.whyNot == nil))
    func `the panel runs as its own user once it has settings, and its database outlives it`()
        async throws
    {
        try await BuiltPackages.with(["1.0", "2.0"], of: .standIn("howdah-panel")) { built in
            for installer in Installer.allCases {
                try await installer.with(built) { machine in
                    try await machine.container.start()
                    try await machine.install("1.0")
                    try await Self.expectFresh(machine)
                    let first = try await Self.start(machine)
                    try await machine.install("2.0")
                    try await machine.waitForProcess(Self.unit, other: first)
                    try await machine.remove()
                    #expect(try await machine.show("ActiveState", Self.unit) == "inactive")
                    try await Self.expectKept(machine)
                }
            }
        }
    }

    /// Installed, and waiting for who writes its settings.
    private static func expectFresh(_ machine: PackageMachine) async throws {
        let enabled = try await machine.container.systemctl(["is-enabled", unit], mayFail: true)
        #expect(enabled.output == "disabled\n")
        #expect(try await machine.show("ActiveState", unit) == "inactive")
        let modes = try await machine.shell(
            """
            cd /; stat -c '%A %U %G %n' etc/howdah-panel etc/howdah-panel/environment \
              usr/bin/howdah-panel var/lib/howdah-panel
            """)
        #expect(
            modes == """
                drwxr-x--- root howdah-panel etc/howdah-panel
                -rw------- root root etc/howdah-panel/environment
                -rwxr-xr-x root root usr/bin/howdah-panel
                drwx------ root root var/lib/howdah-panel

                """)
        #expect(
            try await machine.shell("systemd-analyze verify --man=no \(unit)").isEmpty)
        // In tenths: it fails where the unit is exposed more than that.
        try await machine.shell(
            "systemd-analyze security --no-pager --threshold=20 \(unit) >/dev/null")
        // Without settings it is not started, which is no failure.
        try await machine.container.systemctl(["start", unit])
        #expect(try await machine.show("ActiveState", unit) == "inactive")
    }

    /// With settings, and words that the stand-in understands; gives its process.
    private static func start(_ machine: PackageMachine) async throws -> String {
        try await machine.shell(
            """
            echo cluster: c >/etc/howdah-panel/panel.yaml
            mkdir -p /etc/systemd/system/\(unit).d
            printf '[Service]\\nExecStart=\\nExecStart=/usr/bin/howdah-panel infinity\\n' \
              >/etc/systemd/system/\(unit).d/stand-in.conf
            systemctl daemon-reload
            systemctl enable --now \(unit)
            echo rows >/var/lib/howdah-panel/panel.db
            """)
        let process = try await machine.show("MainPID", unit)
        let owner = try await machine.shell(
            "stat -c %U /proc/\(process) /var/lib/howdah-panel; "
                + "tr '\\0' ' ' </proc/\(process)/cmdline")
        #expect(
            owner == "howdah-panel\nhowdah-panel\n/usr/bin/howdah-panel infinity ", "\(owner)")
        return process
    }

    private static func expectKept(_ machine: PackageMachine) async throws {
        #expect(try await machine.shell("cat /var/lib/howdah-panel/panel.db") == "rows\n")
        #expect(try await machine.shell("cat /etc/howdah-panel/panel.yaml") == "cluster: c\n")
        guard machine.installer == .dpkg else { return }
        try await machine.shell("dpkg --purge howdah-panel")
        #expect(try await machine.shell("cat /var/lib/howdah-panel/panel.db") == "rows\n")
    }
}
