import Cluster
import Host
import PanelAPI
import Support
import Testing

@testable import Node

@Suite struct DaemonKeeperTests {
    @Test func `a daemon is started anew when its configuration changes, and only then`()
        async throws
    {
        try await BootLab.with { lab in
            try await expectDone(lab.world())
            let first = try #require(try lab.daemons().first)
            try await expectDone(lab.world())
            #expect(try lab.daemons() == [first])
            try lab.rewriteStack(greeting: "welcome")
            try await expectDone(lab.world())
            #expect(try lab.daemons().count == 1)
            #expect(try lab.daemons() != [first])
            #expect(!first.isAlive())
        }
    }

    @Test func `a daemon that was killed is started again`() async throws {
        try await BootLab.with { lab in
            try await expectDone(lab.world())
            let first = try #require(try lab.daemons().first)
            #expect(await first.terminate())
            try await expectDone(lab.world())
            #expect(try lab.daemons().count == 1)
            #expect(try lab.daemons() != [first])
        }
    }

    @Test func `a daemon whose id was not written down before the power went is found again`()
        async throws
    {
        try await BootLab.with { lab in
            try await expectDone(lab.world())
            let first = try lab.daemons()
            var record = try #require(try lab.store.daemons(of: "i-0slave1").first)
            record.identity = nil
            try lab.store.keep([record], of: "i-0slave1")
            try await expectDone(lab.world())
            #expect(try lab.daemons() == first)
        }
    }

    @Test func `a daemon that dies at once ends the boot with its own last words`() async throws {
        try await BootLab.with { lab in
            let path = BootConfiguration.stackFolder + "/tiny.yaml"
            let good = try lab.paths.files.text(path)
            let words = "import sys; sys.exit(chr(10).join(['x', 'no heap left', 'giving up']))"
            let bad = good.replacing("-m, http.server, --bind", with: "-c, \"\(words)\", --bind")
            try lab.paths.files.write(bad, to: path)
            let state = try await Boot(world: lab.world()).run()
            #expect(state.exitCode == 1 && state.failed.map(\.name) == ["daemons"])
            let detail = try #require(state.failed.first?.detail)
            #expect(detail.hasPrefix("daemon 'web': "))
            #expect(detail.contains(": no heap left | giving up; see '"))
            #expect(detail.hasSuffix("/var/log/howdah/web.log'"))
            try lab.paths.files.write(good, to: path)
            try await expectDone(lab.world())
        }
    }

    @Test func `an image made from a node that had booted boots afresh`() async throws {
        try await BootLab.with { lab in
            try await expectDone(lab.world())
            let old = try #require(try lab.daemons().first)
            #expect(await old.terminate())
            // A process of the clone that happens to have the id that the original wrote down.
            let stranger = try DetachedProcess(
                executable: "/usr/bin/sleep", arguments: ["600"], environment: [:],
                log: lab.paths.inside("/sleep.log")
            ).spawn()
            var record = try #require(try lab.store.daemons(of: "i-0slave1").first)
            record.identity = stranger
            try lab.store.keep([record], of: "i-0slave1")

            try await expectDone(lab.world(facts: BootLab.facts("i-0clone")))
            #expect(stranger.isAlive())
            #expect(try lab.daemons(of: "i-0clone").count == 1)
            #expect(try lab.daemons(of: "i-0clone") != [stranger])
            #expect(try lab.store.status()?.instanceID == "i-0clone")
        }
    }

    @Test func `a record of another boot matches no process, whoever has its id now`() throws {
        let somebody = try #require(ProcessIdentity.current)
        let record = DaemonRecord(
            name: "web", mark: "web-1", identity: somebody, bootID: "before", inputs: "")
        #expect(record.process(proc: "/proc", bootID: "before") == somebody)
        #expect(record.process(proc: "/proc", bootID: "now") == nil)
    }

    @Test func `a boot before the machine's last start is not this one's state`() throws {
        let folder = try makeTemporaryDirectory()
        let files = Files(root: folder)
        let store = StateStore(files: files)
        var state = BootState(bootID: "before")
        state.stage = .done
        try store.keep(state)
        #expect(try store.status(ofBoot: "now") == nil)
        #expect(try store.status(ofBoot: "before") == state)
        try Files().removeTree(folder)
    }
}
