import Glibc
import Host
import Support
import Testing

/// Who installs a package: rpm or dpkg, the real ones, in a machine with systemd.
enum Installer: String, Sendable, CaseIterable {
    case rpm, dpkg

    func package(_ version: String, _ built: BuiltPackages) -> String {
        self == .rpm ? built.rpm(version) : built.deb(version)
    }

    /// The tree is Debian's: its libraries are no RPMs.
    var install: [String] {
        self == .rpm ? ["rpm", "--force-debian", "--nodeps", "-U"] : ["dpkg", "--install"]
    }

    var remove: [String] {
        self == .rpm ? ["rpm", "--force-debian", "--nodeps", "-e"] : ["dpkg", "--remove"]
    }

    /// The tree has no rpm: the host's is seen in it.
    var programs: [String] { self == .rpm ? ["/usr/bin/rpm", "/usr/bin/rpmdb"] : [] }

    func with(_ built: BuiltPackages, _ body: (PackageMachine) async throws -> Void) async throws {
        try await BootedContainer.with(
            tree: ContainerTree.base.path(), readOnly: [built.folder] + programs
        ) { container in
            // What the tree leaves out of packages: pages and documents, which are looked at here.
            try container.put("", at: "/etc/dpkg/dpkg.cfg.d/howdah")
            try container.put("%_dbpath /var/lib/rpm\n", at: "/root/.rpmmacros")
            try await body(PackageMachine(container: container, installer: self, built: built))
        }
    }
}

/// A container in which packages come and go.
struct PackageMachine: Sendable {
    static let boot = "howdah-boot.service"
    static let agent = "howdah-agent.service"
    static let daemon = "howdah-namenode.service"

    let container: BootedContainer
    let installer: Installer
    let built: BuiltPackages

    func install(_ version: String, more: String = "") async throws {
        let words = installer.install + [more, installer.package(version, built)]
        try await shell(words.joined(separator: " "))
    }

    func remove() async throws {
        try await shell((installer.remove + [built.source.name]).joined(separator: " "))
    }

    @discardableResult
    func shell(_ script: String) async throws -> String {
        try await container.run("env", "HOME=/root", "sh", "-c", script).output
    }

    func show(_ property: String, _ unit: String) async throws -> String {
        try await container.show(property, of: unit)
    }

    func isEnabled() async throws -> String {
        try await container.systemctl(["is-enabled", Self.boot], mayFail: true).output
    }

    /// Stand-ins that stay where they are put: a boot that is under way, an agent, and a daemon of
    /// Hadoop as a boot would have written it.
    func putStandIns() throws {
        for (unit, kind) in [(Self.boot, "oneshot"), (Self.agent, "exec")] {
            try container.put(
                """
                [Service]
                Type=\(kind)
                WatchdogSec=0
                ExecStart=
                ExecStart=/bin/sleep 5000

                """, at: "/etc/systemd/system/\(unit).d/stand-in.conf")
        }
    }

    func startAgentAndDaemon() async throws {
        try await shell(
            """
            printf '[Service]\\nExecStart=/bin/sleep 5000\\n' \
              >/run/systemd/system/\(Self.daemon)
            systemctl daemon-reload
            systemctl start \(Self.daemon) \(Self.agent)
            echo formatted >/var/lib/howdah/volumes
            echo JAVA_HOME=/opt/java >/etc/howdah/environment
            """)
    }

    func startBoot() async throws {
        try await container.systemctl(["start", "--no-block", Self.boot])
        try await waitForProcess(Self.boot, other: "0")
    }

    /// Until the unit has a process, and another one than before.
    func waitForProcess(_ unit: String, other than: String) async throws {
        _ = try await poll(
            every: .milliseconds(100), for: .seconds(300), clock: ContinuousClock(),
            what: "\(unit) to have another process than \(than)"
        ) { ["0", than].contains(try await show("MainPID", unit)) ? nil : true }
    }

    func processes() async throws -> [String: String] {
        var found: [String: String] = [:]
        for unit in [Self.boot, Self.agent, Self.daemon] {
            found[unit] = try await show("MainPID", unit)
        }
        return found
    }
}

/// Needs root, a tree to boot, and what scripts/build-node has built.
@Suite(
    .serialized,
    .enabled(if: ContainerTree.whyNot == nil && BuiltPackages.whyNot == nil))
struct PackageContainerTests {
    @Test func `a first installation enables the boot, starts nothing, and all is in its place`()
        async throws
    {
        try await Self.withEach(["1.0"]) { machine in
            try await machine.container.start()
            try await machine.install("1.0")
            #expect(try await machine.isEnabled() == "enabled\n")
            for unit in [PackageMachine.boot, PackageMachine.agent] {
                #expect(try await machine.show("ActiveState", unit) == "inactive")
            }
            #expect(try await machine.show("UnitFileState", PackageMachine.agent) == "static")
            let modes = try await machine.shell(
                """
                cd /; stat -c '%A %U %G %n' etc/howdah/environment usr/bin/howdah-node \
                  usr/lib/howdah/start var/lib/howdah var/log/howdah var/cache/howdah
                """)
            #expect(
                modes == """
                    -rw------- root root etc/howdah/environment
                    -rwxr-xr-x root root usr/bin/howdah-node
                    -rwxr-xr-x root root usr/lib/howdah/start
                    drwxr-x--- root howdah var/lib/howdah
                    drwxr-xr-x root root var/log/howdah
                    drwx------ root root var/cache/howdah

                    """)
            #expect(try await machine.shell("howdah-node --version").contains("."))
            try await machine.shell("test -s /usr/share/man/man8/howdah-node.8.gz")
            try await machine.shell(
                "bash -c '. /usr/share/bash-completion/completions/howdah-node; complete -p'")
            let said = try await machine.shell(
                "systemd-analyze verify --man=no howdah-boot.service")
            #expect(said == "")
            #expect(try await Self.whatPackageCheckSays(machine) == "")
        }
    }

    @Test func `an upgrade and a removal leave a boot, Hadoop and the state alone`() async throws {
        try await Self.withEach(["1.0", "2.0"]) { machine in
            try machine.putStandIns()
            try await machine.container.start()
            try await machine.install("1.0")
            try await machine.startAgentAndDaemon()
            let agent = try await machine.show("MainPID", PackageMachine.agent)
            try await machine.install("2.0")
            // Nobody waits for the agent.
            try await machine.waitForProcess(PackageMachine.agent, other: agent)
            try await machine.startBoot()
            let before = try await machine.processes()
            try await machine.install("2.0", more: machine.installer == .rpm ? "--force" : "")
            try await Self.expectUntouched(machine, before)
            try await machine.remove()
            #expect(try await machine.show("ActiveState", PackageMachine.agent) == "inactive")
            try await Self.expectUntouched(machine, before)
            try await machine.shell("test ! -e /usr/bin/howdah-node")
            let kept = machine.installer == .rpm ? ".rpmsave" : ""
            try await machine.shell("grep -q opt/java /etc/howdah/environment\(kept)")
            try await machine.install("2.0")
            #expect(try await machine.isEnabled() == "enabled\n")
            try await Self.expectUntouched(machine, before)
            if machine.installer == .dpkg {
                try await machine.shell("dpkg --purge howdah-node")
                #expect(try await machine.isEnabled() != "enabled\n")
                try await Self.expectUntouched(machine, before)
            }
        }
    }

    @Test func `what a site's preset and its administrator say holds`() async throws {
        try await Self.withEach(["1.0", "2.0"]) { machine in
            try machine.container.put(
                "disable howdah-*\n", at: "/etc/systemd/system-preset/00-site.preset")
            try await machine.container.start()
            try await machine.install("1.0")
            #expect(try await machine.isEnabled() == "disabled\n")
            try await machine.container.systemctl(["enable", PackageMachine.boot])
            try await machine.install("2.0")
            #expect(try await machine.isEnabled() == "enabled\n")
            try await machine.container.systemctl(["disable", PackageMachine.boot])
            // What is installed already, once more.
            try await machine.install("2.0", more: machine.installer == .rpm ? "--force" : "")
            #expect(try await machine.isEnabled() == "disabled\n")
        }
    }

    /// Packages that are built once, in a machine of each installer's own.
    private static func withEach(
        _ versions: [String], _ body: (PackageMachine) async throws -> Void
    ) async throws {
        try await BuiltPackages.with(versions) { built in
            for installer in Installer.allCases {
                try await installer.with(built) { try await body($0) }
            }
        }
    }

    /// The boot is still under way as the same process, so is the daemon, and the state is there.
    private static func expectUntouched(
        _ machine: PackageMachine, _ before: [String: String]
    ) async throws {
        let now = try await machine.processes()
        for unit in [PackageMachine.boot, PackageMachine.daemon] {
            #expect(now[unit] == before[unit] && now[unit] != "0", "\(unit)")
        }
        #expect(try await machine.show("ActiveState", PackageMachine.boot) == "activating")
        #expect(try await machine.show("ActiveState", PackageMachine.daemon) == "active")
        #expect(try await machine.shell("cat /var/lib/howdah/volumes") == "formatted\n")
    }

    /// `rpm -V` and `dpkg -V`: what differs from the package.
    private static func whatPackageCheckSays(_ machine: PackageMachine) async throws -> String {
        machine.installer == .rpm
            ? try await machine.shell("rpm --force-debian -V --nodeps howdah-node")
            : try await machine.shell("dpkg --verify howdah-node")
    }
}
