import AWS
import Host
import PanelAPI
import Support
import Testing

@testable import Node

/// What a boot would do, seen ahead: nothing is changed by looking, and nobody is asked.
@Suite struct PreviewTests {
    static let storage = ["{mount: /data, size: 1 GiB}"]

    static func step(_ name: String, _ world: NodeWorld) async throws -> StepPreview {
        let preview = try await BootPreview.read(world)
        return try #require(preview.steps.first { $0.name == name })
    }

    /// Nobody but metadata is asked, so a panel that knows no answers is enough.
    static func world(_ lab: BootLab, facts: InstanceFacts = BootLab.facts()) -> NodeWorld {
        lab.world(facts: facts, panel: PanelDouble()) { world in
            world.packages = { _ in
                Issue.record("packages were begun")
                return .done("")
            }
            world.volumes = { _, _, _ in
                Issue.record("a volume was begun")
                return .done("")
            }
        }
    }

    @Test func `looking changes nothing, before a boot and after one`() async throws {
        try await BootLab.with(packages: ["tiny-tool"], storage: Self.storage) { lab in
            let fresh = try await Tree.of(lab.paths.root)
            _ = try await BootPreview.read(Self.world(lab))
            #expect(try await Tree.of(lab.paths.root) == fresh)
        }
        try await BootLab.with { lab in
            try await expectDone(lab.world())
            try lab.rewriteStack(greeting: "good evening")
            let booted = try await Tree.of(lab.paths.root)
            _ = try await BootPreview.read(Self.world(lab))
            #expect(try await Tree.of(lab.paths.root) == booted)
        }
    }

    @Test func `on a fresh node each step says what it would do and what it waits to know`()
        async throws
    {
        try await BootLab.with(packages: ["tiny-tool"], storage: Self.storage) { lab in
            let root = lab.paths.root
            let preview = try await BootPreview.read(Self.world(lab))
            #expect(
                preview.steps.map(\.name) == [
                    "facts", "credentials", "enrol", "hosts", "volume /data", "packages", "files",
                    "preparations", "daemons", "report",
                ])
            #expect(
                preview.steps.map(\.outlook) == [
                    .ask, .ask, .ask, .later, .change, .ask, .change, .change, .change, .ask,
                ])
            let steps = Dictionary(uniqueKeysWithValues: preview.steps.map { ($0.name, $0) })
            #expect(
                steps["hosts"]?.later == ["the master's address and the members, from the panel"])
            #expect(
                steps["volume /data"]?.diffs == [
                    """
                    --- /dev/null
                    +++ /etc/fstab
                    @@ -0,0 +1,2 @@
                    +\(FstabLine.comment)
                    +\(FstabLine(uuid: "(the volume's)", mount: "/data", type: "xfs").text)

                    """
                ])
            #expect(
                steps["packages"]?.actions == [
                    "wants tiny-tool", "no package database here: all are missing",
                    "asks file:///nowhere/repodata/repomd.xml ('herd')",
                ])
            #expect(
                steps["files"]?.diffs == [
                    """
                    --- /dev/null
                    +++ \(root)/etc/tiny
                    @@ -0,0 +1 @@
                    +hello (this node's name)
                    \\ No newline at end of file

                    """
                ])
            #expect(
                steps["files"]?.later == [
                    "this node's name; it stands as '(this node's name)'"
                ])
            #expect(
                steps["preparations"]?.actions == [
                    "runs 'mark' once: /usr/bin/touch \(root)/srv/marked"
                ])
            #expect(steps["daemons"]?.actions == ["web: does not run: is started"])
            #expect(steps["files"]?.after == ["hosts", "packages", "volume /data"])
            #expect(steps["report"]?.after == ["daemons"])
        }
    }

    @Test
    func `after a boot nothing is left to do, and a changed file names the daemon it restarts`()
        async throws
    {
        try await BootLab.with { lab in
            try await expectDone(lab.world())
            let root = lab.paths.root
            let world = Self.world(lab)
            for name in ["files", "preparations", "daemons"] {
                let step = try await Self.step(name, world)
                #expect(step.outlook == .nothing, "\(step)")
            }
            try lab.rewriteStack(greeting: "good evening")
            let files = try await Self.step("files", world)
            #expect(files.actions == ["changes \(root)/etc/tiny"])
            #expect(files.diffs.first?.contains("\n-hello slave-1\n") == true)
            #expect(files.diffs.first?.contains("\n+good evening slave-1\n") == true)
            let daemons = try await Self.step("daemons", world)
            #expect(daemons.outlook == .change)
            #expect(daemons.actions == ["web: is started anew: \(root)/etc/tiny changes"])
            // And so it is.
            let before = try lab.daemons()
            try await expectDone(lab.world())
            #expect(try lab.daemons() != before)
        }
    }

    @Test func `a half-done preparation and somebody's line in fstab are seen ahead`()
        async throws
    {
        try await BootLab.with(storage: Self.storage) { lab in
            try lab.paths.files.write("/dev/sdb /data ext4 defaults 0 2\n", to: "/etc/fstab")
            let volume = try await Self.step("volume /data", Self.world(lab))
            #expect(volume.outlook == .fail)
            #expect(volume.actions.last == "'/etc/fstab' has another line for '/data'; remove it")
        }
    }

    @Test func `each kind of storage says where its volume comes from`() async throws {
        let storage = [
            "{mount: /a, size: 1 GiB}",
            "{mount: /b, size: 1 GiB, type: instance-store, filesystem: ext4}",
            "{mount: /c, size: 1 GiB, by: role}",
        ]
        try await BootLab.with(storage: storage) { lab in
            let world = Self.world(lab)
            let ours = "\(FstabLine.comment)\nUUID=u-1 /a xfs noatime 0 2\n"
            try lab.paths.files.write(ours, to: "/etc/fstab")
            let claimed = try await Self.step("volume /a", world)
            #expect(claimed.actions.first?.contains("only if it is new and proven blank") == true)
            #expect(claimed.later == ["which volume, its device and its UUID: the claim says"])
            #expect(claimed.outlook == .later && claimed.diffs.isEmpty)
            let own = try await Self.step("volume /b", world)
            #expect(own.actions.first?.contains("instance-store as ext4 at /b; ") == true)
            #expect(own.later == ["which disk, and its UUID: looked for then"])
            #expect(own.outlook == .later && own.diffs.isEmpty)
            let asked = try await Self.step("volume /c", world)
            #expect(asked.actions.last?.hasSuffix("with the IAM role 'howdah-slave'") == true)
            #expect(asked.later == ["which volume, its device and its UUID: EC2 says"])
        }
    }

    @Test func `sources of the role that disagree end it as they end a boot`() async throws {
        try await BootLab.with { lab in
            await #expect(throws: (any Error).self) {
                _ = try await BootPreview.read(
                    Self.world(lab, facts: BootLab.facts(tag: "master")))
            }
        }
    }

    @Test func `a master sees its own line of the hosts file`() async throws {
        try await BootLab.with { lab in
            let hosts =
                "127.0.0.1 localhost\n# BEGIN howdah\n10.77.0.9 master\n"
                + "10.77.0.8 slave-1\n# END howdah\n"
            try lab.paths.files.write(hosts, to: "/etc/hosts")
            let facts = BootLab.facts("i-0master", tag: "master", iamRole: "howdah-master")
            let step = try await Self.step("hosts", Self.world(lab, facts: facts))
            #expect(step.outlook == .change)
            #expect(step.diffs.first?.contains("\n-10.77.0.9 master\n+10.77.0.3 master\n") == true)
            let slave = try await Self.step("hosts", Self.world(lab))
            #expect(slave.actions.last == "after the last boot the master was at 10.77.0.9")
        }
    }
}
