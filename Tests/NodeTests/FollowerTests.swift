import Host
import PanelAPI
import Support
import Testing

@testable import Node

/// Another instance has become the master. The daemon is a real process.
@Suite struct FollowerTests {
    static let next = MasterRecord(
        instanceID: "i-0next", address: "10.77.0.9", hostname: "ip-10-77-0-9", generation: 2)

    /// A node that has booted behind the first master, with a file that names the master.
    private func booted(
        _ greeting: String, _ body: (BootLab, NodeWorld, PanelDouble, Follower) async throws -> Void
    ) async throws {
        try await BootLab.with { lab in
            try lab.rewriteStack(greeting: greeting)
            let panel = BootLab.panel()
            let world = lab.world(panel: panel)
            #expect(try await Boot(world: world).run().stage == .done)
            let follower = try Self.follower(world, panel)
            try await body(lab, world, panel, follower)
        }
    }

    private static func follower(_ world: NodeWorld, _ panel: PanelDouble) throws -> Follower {
        let plan = try BootConfiguration(world.paths).plan(for: BootLab.facts())
        return try Follower(world: world, plan: plan, panel: panel, bootID: try world.bootID())
    }

    private static func hosts(_ lab: BootLab) throws -> String {
        try lab.paths.files.text("/etc/hosts")
    }

    @Test(arguments: ["by address ${master.address}", "by name ${master.name}"])
    func `files and daemons follow another master once, without a boot`(greeting: String)
        async throws
    {
        try await booted(greeting) { lab, _, panel, follower in
            let before = try lab.daemons()
            try await follower.hear(BootLab.master)
            await follower.settle()
            #expect(try lab.daemons() == before)
            await panel.elect(Self.next)
            try await follower.hear(Self.next)
            #expect(try Self.hosts(lab).contains("10.77.0.9 master"))
            await follower.settle()
            let after = try lab.daemons()
            #expect(after.count == 1 && after != before)
            let text = try lab.paths.files.text("/etc/tiny")
            #expect(text.contains("10.77.0.9") == greeting.contains("address"))
            try await follower.hear(Self.next)
            await follower.settle()
            #expect(try lab.daemons() == after)
            #expect(lab.logText.contains("the master is 10.77.0.9 now, no longer 10.77.0.2"))
            #expect(lab.logText.contains("agent: daemons: done: ready: web"))
        }
    }

    @Test func `a daemon that has nothing of the master goes on`() async throws {
        try await booted("hello") { lab, _, panel, follower in
            let before = try lab.daemons()
            await panel.elect(Self.next)
            try await follower.hear(Self.next)
            await follower.settle()
            #expect(try lab.daemons() == before)
            #expect(try Self.hosts(lab).contains("10.77.0.9 master"))
        }
    }

    @Test func `who was cut off after the hosts file goes on with the daemons`() async throws {
        try await booted("by name ${master.name}") { lab, world, panel, follower in
            let before = try lab.daemons()
            await panel.elect(Self.next)
            // A boot by hand is under way: the hosts file follows, the rest has to wait.
            let lock = try BootLock.take(lab.paths.files)
            try await follower.hear(Self.next)
            await follower.settle()
            #expect(try Self.hosts(lab).contains("10.77.0.9 master"))
            #expect(try lab.daemons() == before)
            _ = consume lock
            // The agent was killed here.
            let later = try Self.follower(world, panel)
            try await later.hear(Self.next)
            await later.settle()
            #expect(try lab.daemons() != before)
            #expect(try lab.store.agent(ofBoot: try world.bootID()).following == nil)
        }
    }

    @Test func `a boot afterwards finds nothing to do`() async throws {
        try await booted("by name ${master.name}") { lab, world, panel, follower in
            await panel.elect(Self.next)
            try await follower.hear(Self.next)
            await follower.settle()
            let after = try lab.daemons()
            let state = try await Boot(world: world).run()
            #expect(state.stage == .done)
            #expect(try lab.daemons() == after)
            for name in ["hosts", "files", "daemons"] {
                let step = state.steps.first { $0.name == name }
                #expect(step?.outcome == .unchanged, "\(name)")
            }
        }
    }
}
