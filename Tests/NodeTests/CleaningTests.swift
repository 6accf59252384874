import ConfigFiles
import Host
import PanelAPI
import Support
import Testing

@testable import Node

@Suite struct CleaningTests {
    static let fstab = """
        UUID=r / ext4 defaults 0 1
        \(FstabLine.comment)
        \(FstabLine(uuid: "u-1", mount: "/data", type: "xfs").text)
        tmpfs /tmp tmpfs defaults 0 0

        """

    static func cleaning(_ lab: BootLab) throws -> Cleaning {
        Cleaning(paths: lab.paths, bootID: try lab.world().bootID(), systemd: nil)
    }

    @Test func `while a daemon runs nothing is removed, and it is named`() async throws {
        try await BootLab.with { lab in
            try await expectDone(lab.world())
            let daemon = try #require(try lab.daemons().first)
            let error = await #expect(throws: CleaningRefused.self) {
                _ = try await Self.cleaning(lab).run(.init(logs: true, machineID: true))
            }
            #expect(
                error?.description
                    == "'web' (\(daemon)) runs: end it, then clean; nothing was removed")
            for path in [StateStore.statusPath, BootLog.path] {
                #expect(lab.paths.files.exists(path))
            }
            #expect(try lab.paths.files.text("/etc/hosts").contains(HostsFile.begin))
            #expect(await daemon.terminate())
            #expect(try await !Self.cleaning(lab).run().isEmpty)
        }
    }

    @Test func `a clean machine boots afresh, and cleaning twice is fine`() async throws {
        try await BootLab.with { lab in
            let files = lab.paths.files
            try files.write("127.0.0.1 localhost\n", to: "/etc/hosts")
            try await expectDone(lab.world())
            for daemon in try lab.daemons() { #expect(await daemon.terminate()) }
            try files.write(Self.fstab, to: "/etc/fstab")
            try files.write("0123456789abcdef0123456789abcdef\n", to: "/etc/machine-id")
            let options = Cleaning.Options(logs: true, machineID: true)
            let removed = try await Self.cleaning(lab).run(options)
            #expect(
                removed == [
                    "the block in /etc/hosts", "the line for /data in /etc/fstab",
                    "the id in /etc/machine-id", "/var/log/howdah/boot.log",
                    "/var/log/howdah/web.log", "/var/lib/howdah/i-0slave1",
                    "/var/lib/howdah/status.json",
                ])
            #expect(try files.text("/etc/hosts") == "127.0.0.1 localhost\n")
            #expect(
                try files.text("/etc/fstab")
                    == "UUID=r / ext4 defaults 0 1\ntmpfs /tmp tmpfs defaults 0 0\n")
            #expect(try files.text("/etc/machine-id") == "uninitialized\n")
            #expect(try files.list(StateStore.directory) == [])
            // What the stack wrote is there; a boot looks at it anyway.
            #expect(files.exists("/srv/marked"))
            #expect(try await Self.cleaning(lab).run(options) == [])
            try await expectDone(lab.world())
        }
    }

    @Test func `logs and the machine's id stay unless they are named`() async throws {
        try await BootLab.with { lab in
            let files = lab.paths.files
            try files.makeDirectory("/var/log/howdah")
            try files.write("words\n", to: BootLog.path)
            try files.write("0123456789abcdef0123456789abcdef\n", to: "/etc/machine-id")
            #expect(try await Self.cleaning(lab).run() == [])
            #expect(files.exists(BootLog.path))
            #expect(try files.text("/etc/machine-id").count == 33)
        }
    }

    @Test func `only units that a boot wrote are removed`() async throws {
        try await BootLab.with { lab in
            let files = lab.paths.files
            let unit = SystemdUnit(
                description: "x", command: ["/bin/true"], log: "/x.log", inputs: "1")
            try files.makeDirectory(Systemd.unitFolder)
            for (name, text) in [
                ("howdah-x.service", try unit.render()), ("howdah-boot.service", "[Unit]\n"),
                ("x.service", try unit.render()),
            ] { try files.write(text, to: "\(Systemd.unitFolder)/\(name)") }
            #expect(
                try await Self.cleaning(lab).run() == ["\(Systemd.unitFolder)/howdah-x.service"])
            #expect(
                try files.list(Systemd.unitFolder) == ["howdah-boot.service", "x.service"])
        }
    }

    @Test func `while a boot is under way nothing is removed`() async throws {
        try await BootLab.with { lab in
            guard let lock = try BootLock.take(lab.paths.files) else {
                Issue.record("the lock of a fresh root is taken")
                return
            }
            await #expect(throws: CleaningRefused.self) {
                _ = try await Self.cleaning(lab).run()
            }
            _ = consume lock
        }
    }
}
