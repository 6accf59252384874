import AWS
import Cluster
import Host
import PanelAPI
import Support
import Testing

@testable import Node

/// The lists on a node, from its boot on; the daemon is told by a command that leaves a trace.
@Suite struct MemberKeeperTests {

    /// A node that has booted with a stack that has lists, and if wanted another daemon that stands
    /// on the first one.
    private func booted(
        andAbove: Bool = false,
        _ body: (BootLab, NodeWorld, PanelDouble, BootPlan) async throws -> Void
    ) async throws {
        try await BootLab.with { lab in
            try lab.addLists(andAbove: andAbove)
            let panel = BootLab.panel()
            let world = lab.world(panel: panel)
            #expect(try await Boot(world: world).run().stage == .done)
            let plan = try BootConfiguration(world.paths).plan(for: BootLab.facts())
            try await body(lab, world, panel, plan)
        }
    }

    private static func watch(
        _ world: NodeWorld, _ plan: BootPlan, _ panel: PanelDouble
    ) -> MemberWatch {
        MemberWatch(world: world, plan: plan, panel: panel, tells: true)
    }

    private static let more =
        BootLab.members + [
            Member(
                name: "slave-2", role: "slave", address: "10.77.0.4", hostname: "ip-10-77-0-4",
                zone: "eu-west-1b", zoneID: "euw1-az2")
        ]

    @Test func `a boot writes the lists, and the exclude list is there and empty`() async throws {
        try await booted { lab, world, _, _ in
            let files = lab.paths.files
            #expect(try files.text("/etc/exclude").isEmpty)
            #expect(try files.text("/etc/include").contains("10.77.0.2\nmaster\n"))
            #expect(try files.text("/etc/racks").contains("10.77.0.3 /default-rack\n"))
            let again = try await Boot(world: world).run()
            #expect(again.steps.first { $0.name == "files" }?.outcome == .unchanged)
            #expect(again.steps.first { $0.name == "daemons" }?.outcome == .unchanged)
        }
    }

    @Test func `members that come are put in, the daemon is told once and not started anew`()
        async throws
    {
        try await booted { lab, world, panel, plan in
            let before = try lab.daemons()
            let keeper = try MemberKeeper(world: world, plan: plan)
            let watch = Self.watch(world, plan, panel)
            var known = try await watch.turn(keeper, nil)
            #expect(try lab.told() == 1)
            await panel.enrol(Self.more)
            known = try await watch.turn(keeper, known)
            #expect(try lab.paths.files.text("/etc/racks").contains("slave-2 /euw1-az2\n"))
            #expect(try lab.paths.files.text("/etc/include").contains("10.77.0.4\n"))
            #expect(try lab.told() == 2)
            _ = try await watch.turn(keeper, known)
            // Another agent of the same boot knows what was told.
            _ = try await watch.turn(try MemberKeeper(world: world, plan: plan), nil)
            #expect(try lab.told() == 2)
            #expect(try lab.daemons() == before)
            #expect(try await Boot(world: world).run().failed.isEmpty)
            #expect(try lab.daemons() == before)
        }
    }

    @Test func `a daemon that could not be told is told later`() async throws {
        try await booted { lab, world, panel, plan in
            try lab.paths.files.write("", to: "/srv/busy")
            let keeper = try MemberKeeper(world: world, plan: plan)
            let watch = Self.watch(world, plan, panel)
            await #expect(throws: (any Error).self) { _ = try await watch.turn(keeper, nil) }
            #expect(try lab.told() == 0)
            try lab.paths.files.remove("/srv/busy")
            _ = try await watch.turn(keeper, nil)
            #expect(try lab.told() == 1)
        }
    }

    @Test func `who stands on others is told before them, and holds them up by no failure`()
        async throws
    {
        try await booted(andAbove: true) { lab, world, panel, plan in
            let files = lab.paths.files
            let watch = Self.watch(world, plan, panel)
            _ = try await watch.turn(try MemberKeeper(world: world, plan: plan), nil)
            #expect(try files.text("/srv/told") == "above\ntold\n")
            try files.write("", to: "/srv/asleep")
            await panel.enrol(Self.more)
            let keeper = try MemberKeeper(world: world, plan: plan)
            await #expect(throws: (any Error).self) { _ = try await watch.turn(keeper, nil) }
            #expect(try files.text("/srv/told") == "above\ntold\ntold\n")
            try files.remove("/srv/asleep")
            _ = try await watch.turn(keeper, nil)
            #expect(try files.text("/srv/told") == "above\ntold\ntold\nabove\ntold\n")
        }
    }

    @Test func `lines that somebody excluded by hand outlive agents and boots, not the instance`()
        async throws
    {
        try await booted { lab, world, panel, plan in
            let files = lab.paths.files
            try files.write("slave-1\n", to: "/etc/exclude")
            let watch = Self.watch(world, plan, panel)
            _ = try await watch.turn(try MemberKeeper(world: world, plan: plan), nil)
            #expect(try files.text("/etc/exclude") == "slave-1\n")
            #expect(try await Boot(world: world).run().stage == .done)
            #expect(try files.text("/etc/exclude") == "slave-1\n")
            // An image that was made of it: these are another cluster's names.
            let clone = lab.world(facts: BootLab.facts("i-0slave2"), panel: panel)
            #expect(try await Boot(world: clone).run().stage == .done)
            #expect(try files.text("/etc/exclude").isEmpty)
        }
    }

    @Test func `a node that the panel forgot stays included for a while`() async throws {
        try await booted { lab, world, _, plan in
            let clock = HandClock()
            var world = world
            world.clock = clock
            let keeper = try MemberKeeper(world: world, plan: plan)
            let expansion = plan.expansion(
                root: lab.paths.root, address: BootLab.address, masterAddress: nil,
                hostname: "slave-1")
            func included() throws -> Bool {
                try lab.paths.files.text("/etc/include").contains("10.77.0.4\n")
            }
            _ = try await keeper.write(Self.more, expansion)
            _ = try await keeper.write(BootLab.members, expansion)
            clock.advance(by: MemberKeeper.grace - .seconds(1))
            _ = try await keeper.write(BootLab.members, expansion)
            #expect(try included())
            #expect(try await keeper.write([], expansion) == 0)
            clock.advance(by: .seconds(1))
            _ = try await keeper.write(BootLab.members, expansion)
            #expect(try !included())
        }
    }
}

extension BootLab {
    /// Lists of members in the role's files, and a daemon that is told of them.
    fileprivate func addLists(andAbove: Bool) throws {
        let path = BootConfiguration.stackFolder + "/tiny.yaml"
        let text = try paths.files.text(path)
        let told = """
            [/bin/sh, -c, "test ! -e ${root}/srv/busy && echo told >>${root}/srv/told"]
            """
        let lists = """
            slave:
                files:
                  - {path: "${root}/etc/racks", members: racks}
                  - {path: "${root}/etc/include", members: include}
                  - {path: "${root}/etc/exclude", members: exclude}
            """
        let changed = text.replacing("slave:", with: lists)
            .replacing("deadline: 60 s", with: "deadline: 60 s\n        refresh: \(told)")
        let above = """

                  - name: above
                    after: [web]
                    command: [/bin/sleep, "600"]
                    readiness: [{host: 127.0.0.1, port: \(port)}]
                    refresh:
                      - /bin/sh
                      - -c
                      - test ! -e ${root}/srv/asleep && echo above >>${root}/srv/told
            """
        try paths.files.write(andAbove ? changed + above : changed, to: path)
    }

    /// How often the daemon was told.
    fileprivate func told() throws -> Int {
        try paths.files.textIfPresent("/srv/told")?.split(separator: "\n").count ?? 0
    }
}
