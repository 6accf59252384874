import AWS
import Cluster
import FoundationEssentials
import Host
import PanelAPI
import Support
import Testing

@testable import Node

/// The balancer on a master: a program that prints what HDFS's prints, and ends when it is let.
@Suite struct BalancerTests {
    static let terms = BalanceTerms(threshold: 5, bandwidth: 2 << 20, limitSeconds: 600)
    static let round = "Nov 22, 2026, 3:04:05 PM  0  0 B  3.00 MB  1 MB  hdfs://m:8020"

    /// It prints a round, then waits for `/srv/go`, which says how it ends.
    static let program = """
        echo "bandwidth $3" >&2; echo run >> "$1/srv/runs"; echo "$2"
        until [ -e "$1/srv/go" ]; do sleep 0.05; done; cat "$1/srv/go"
        """

    /// A node that has booted; each balancer and watch is another agent's.
    private func booted(
        _ body: (BootLab, NodeWorld, PanelDouble, () throws -> Balancer) async throws -> Void
    ) async throws {
        try await BootLab.with { lab in
            try lab.addBalancer(Self.program, round: Self.round)
            let panel = BootLab.panel()
            let world = lab.world(panel: panel)
            #expect(try await Boot(world: world).run().stage == .done)
            let plan = try BootConfiguration(world.paths).plan(for: BootLab.facts())
            try await body(lab, world, panel) {
                try #require(Balancer(world: world, plan: plan, bootID: try world.bootID()))
            }
        }
    }

    private static func run(
        _ id: String = "balance-1", isCancelled: Bool = false, _ terms: BalanceTerms = terms
    ) -> BalanceTask.Run {
        .init(id: id, terms: terms, isCancelled: isCancelled)
    }

    private static func expansion(_ lab: BootLab, _ balancer: Balancer) -> Expansion {
        balancer.plan.expansion(
            root: lab.paths.root, address: BootLab.address, masterAddress: nil,
            hostname: "slave-1")
    }

    private static func turn(
        _ lab: BootLab, _ balancer: Balancer, _ run: BalanceTask.Run = run()
    ) async throws -> BalanceReport {
        let expansion = expansion(lab, balancer)
        return try await balancer.turn(run) { expansion }
    }

    /// Turns until the answer fits.
    private static func turn(
        _ lab: BootLab, _ make: () throws -> Balancer, _ run: BalanceTask.Run = run(),
        until fits: (BalanceReport) -> Bool
    ) async throws -> BalanceReport {
        let end = ContinuousClock.now + .seconds(30)
        var report = try await turn(lab, try make(), run)
        while !fits(report), ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(50))
            report = try await turn(lab, try make(), run)
        }
        return report
    }

    private static func runs(_ lab: BootLab) throws -> Int {
        try lab.paths.files.textIfPresent("/srv/runs")?.split(separator: "\n").count ?? 0
    }

    @Test func `it is started once, found by other agents, and its end is told again and again`()
        async throws
    {
        try await booted { lab, world, _, make in
            let files = lab.paths.files
            #expect(try await Self.turn(lab, try make()).state == .running)
            let report = try await Self.turn(lab, make) { $0.round != nil }
            #expect(report.round == BalanceRound(number: 1, movedBytes: 0, leftBytes: 3 << 20))
            #expect(try files.text("/srv/bandwidth") == "2097152\n")
            #expect(try files.text(Balancer.log).contains("bandwidth 5.0"))
            try files.write("The cluster is balanced. Exiting...\n", to: "/srv/go")
            let ended = try await Self.turn(lab, make) { $0.state.isOver }
            #expect(ended.state == .balanced && ended.round?.leftBytes == 0)
            #expect(try await Self.turn(lab, try make()) == ended)
            #expect(try Self.runs(lab) == 1)
            // The next run is another one; what this one said is kept beside.
            try files.remove("/srv/go")
            #expect(try await Self.turn(lab, try make(), Self.run("balance-2")).state == .running)
            #expect(try files.text(Balancer.log + ".1").contains("is balanced"))
            _ = world
        }
    }

    static let endings: [(String, BalanceView.State, String)] = [
        ("No block can be moved. Exiting...\n", .settled, "No block can be moved"),
        ("x: Permission denied.  Exiting ...\n", .failed, "x: Permission denied"),
        ("Killed\n", .failed, "Killed"),
    ]

    @Test(arguments: endings)
    func `how it ended is told in its words`(
        last: String, state: BalanceView.State, words: String
    ) async throws {
        try await booted { lab, _, _, make in
            try lab.paths.files.write(last, to: "/srv/go")
            let ended = try await Self.turn(lab, make) { $0.state.isOver }
            #expect(ended.state == state && ended.words.contains(words), "\(ended)")
        }
    }

    @Test func `it is stopped when the run is cancelled, forgotten or over its limit`()
        async throws
    {
        try await booted { lab, _, _, make in
            let count = try lab.daemons().count
            #expect(try await Self.turn(lab, try make()).state == .running)
            #expect(try lab.daemons().count == count + 1)
            let cancelled = try await Self.turn(lab, try make(), Self.run(isCancelled: true))
            #expect(cancelled.state == .cancelled)
            #expect(try lab.daemons().count == count)
            let early = try await Self.turn(
                lab, try make(), Self.run("balance-2", isCancelled: true))
            #expect(early.state == .cancelled && early.words == "it had not begun")
            #expect(try await Self.turn(lab, try make(), Self.run("balance-3")).state == .running)
            try await make().rest()
            #expect(try lab.daemons().count == count)
            #expect(try await Self.turn(lab, try make(), Self.run("balance-4")).state == .running)
            let late = try Self.later(lab, try make(), by: 700)
            let ended = try await Self.turn(lab, late, Self.run("balance-4"))
            #expect(ended.state == .failed && ended.words.contains("600 s, its limit"))
            #expect(try lab.daemons().count == count)
        }
    }

    @Test func `one that a power cut ended is started again`() async throws {
        try await booted { lab, world, _, make in
            #expect(try await Self.turn(lab, try make()).state == .running)
            _ = try await Self.turn(lab, make) { $0.round != nil }
            var next = try make()
            next = try #require(
                Balancer(world: world, plan: next.plan, bootID: "another-boot"))
            #expect(try await Self.turn(lab, next).state == .running)
            let end = ContinuousClock.now + .seconds(30)
            while try Self.runs(lab) < 2, ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(try Self.runs(lab) == 2)
            try lab.paths.files.write("The cluster is balanced. Exiting...\n", to: "/srv/go")
        }
    }

    /// Another agent, whose clock is so many seconds ahead.
    private static func later(
        _ lab: BootLab, _ balancer: Balancer, by seconds: Double
    ) throws -> Balancer {
        let world = lab.world { $0.now = { Date(timeIntervalSinceNow: seconds) } }
        return try #require(
            Balancer(world: world, plan: balancer.plan, bootID: balancer.bootID))
    }

    @Test func `one that may not begin yet is tried again for a while`() async throws {
        try await booted { lab, _, _, make in
            let busy = "java.io.IOException: Another Balancer is running..  Exiting ...\n"
            try lab.paths.files.write(busy, to: "/srv/go")
            let waits = try await Self.turn(lab, make) { $0.words.contains("cannot begin yet") }
            #expect(waits.state == .running && waits.words.hasSuffix("Another Balancer is running"))
            #expect(try await Self.turn(lab, try make()) == waits)
            #expect(try Self.runs(lab) == 1)
            let given = try await Self.turn(
                lab, { try Self.later(lab, try make(), by: 620) },
                Self.run(isCancelled: false, .init(limitSeconds: 3600))
            ) { $0.state.isOver }
            #expect(given.state == .failed && given.words.contains("Another Balancer"), "\(given)")
            #expect(try Self.runs(lab) == 2)
        }
    }

    @Test func `in the end it may begin`() async throws {
        try await booted { lab, _, _, make in
            let files = lab.paths.files
            try files.write("a.SafeModeException: x\n\tat y\n.  Exiting ...\n", to: "/srv/go")
            _ = try await Self.turn(lab, make) { $0.words.contains("cannot begin yet") }
            try files.write("The cluster is balanced. Exiting...\n", to: "/srv/go")
            let ended = try await Self.turn(
                lab, { try Self.later(lab, try make(), by: 40) }
            ) { $0.state.isOver }
            #expect(ended.state == .balanced && ended.round?.leftBytes == 0, "\(ended)")
        }
    }

    @Test func `a run that is cancelled when its balancer is gone already is cancelled`()
        async throws
    {
        try await booted { lab, world, _, make in
            #expect(try await Self.turn(lab, try make()).state == .running)
            for process in try lab.daemons() { _ = await process.terminate() }
            let ended = try await Self.turn(lab, try make(), Self.run(isCancelled: true))
            #expect(ended.state == .cancelled && ended.words == "it was stopped", "\(ended)")
            _ = world
        }
    }

    @Test func `a panel that knows an older run alone hears of that, and none is run again`()
        async throws
    {
        try await booted { lab, _, _, make in
            try lab.paths.files.write("The cluster is balanced. Exiting...\n", to: "/srv/go")
            let first = try await Self.turn(lab, make) { $0.state.isOver }
            _ = try await Self.turn(lab, make, Self.run("balance-2")) { $0.state.isOver }
            #expect(try await Self.turn(lab, try make()) == first)
            #expect(try Self.runs(lab) == 2)
        }
    }

    @Test func `where the DataNodes cannot be told of the bandwidth it does not run`()
        async throws
    {
        try await booted { lab, _, _, make in
            try lab.paths.files.makeDirectory("/srv/bandwidth")
            let report = try await Self.turn(lab, try make())
            #expect(report.state == .failed && report.words.contains("could not be started"))
            #expect(try Self.runs(lab) == 0)
        }
    }

    @Test func `the agent asks the panel, runs what it wants and tells what changes`()
        async throws
    {
        try await booted { lab, world, panel, make in
            let plan = try make().plan
            let watch = BalanceWatch(
                world: world, plan: plan, panel: panel, bootID: try world.bootID())
            await panel.balance(nil)
            var known = try await watch.turn(try make(), BalanceWatch.Known())
            #expect(!known.isBusy)
            await panel.balance(Self.run())
            try lab.paths.files.write("The cluster is balanced. Exiting...\n", to: "/srv/go")
            let end = ContinuousClock.now + .seconds(30)
            while known.told?.state.isOver != true, ContinuousClock.now < end {
                known = try await watch.turn(try make(), known)
                try await Task.sleep(for: .milliseconds(50))
            }
            known = try await watch.turn(try make(), known)
            let told = await panel.balanceReports.map(\.report)
            #expect(told.last?.state == .balanced, "\(told)")
            #expect(told.count { $0.state.isOver } == 1)
            #expect(try make().untold() == nil)
        }
    }

    @Test func `how a run ended while the panel was away is told once`() async throws {
        try await booted { lab, world, panel, make in
            try lab.paths.files.write("The cluster is balanced. Exiting...\n", to: "/srv/go")
            _ = try await Self.turn(lab, make) { $0.state.isOver }
            let watch = BalanceWatch(
                world: world, plan: try make().plan, panel: panel, bootID: try world.bootID())
            await panel.balance(nil)
            var known = BalanceWatch.Known()
            for _ in 1...2 { known = try await watch.turn(try make(), known) }
            let told = await panel.balanceReports
            #expect(told.map(\.id) == ["balance-1"] && told.first?.report.state == .balanced)
        }
    }

    @Test func `a role without one asks nothing`() async throws {
        try await BootLab.with { lab in
            let panel = BootLab.panel()
            let world = lab.world(panel: panel)
            #expect(try await Boot(world: world).run().stage == .done)
            let plan = try BootConfiguration(world.paths).plan(for: BootLab.facts())
            // The double refuses to be asked.
            await BalanceWatch(
                world: world, plan: plan, panel: panel, bootID: try world.bootID()
            ).run()
        }
    }
}

extension BootLab {
    /// The web server's daemon gets a balancer: a shell's program with the root, a line to print
    /// and the threshold; the bandwidth is written to a file.
    func addBalancer(_ program: String, round: String) throws {
        let path = BootConfiguration.stackFolder + "/tiny.yaml"
        try paths.files.write(program, to: "/etc/howdah/balancer.sh")
        try paths.files.write(
            try paths.files.text(path) + """

                        balancer:
                          bandwidth:
                            - /bin/sh
                            - -c
                            - echo "$1" > "$0/srv/bandwidth"
                            - ${root}
                            - ${balancer.bandwidth}
                          command:
                            - /bin/sh
                            - ${root}/etc/howdah/balancer.sh
                            - ${root}
                            - "\(round)"
                            - ${balancer.threshold}
                """, to: path)
    }
}
