import GRDB
import HTTPTypes
import HadoopMetrics
import HummingbirdTesting
import NIOCore
import PanelAPI
import PanelClient
import Testing

@testable import Panel

/// Nodes that the panel empties and ends, against doubles of EC2 and HDFS.
@Suite struct DrainTests {
    static let victim = "10.0.0.4"
    static let victimID = Lab.node(4).instanceID

    /// A master and three slaves; `slave-3` is the one to go. Several panels may be opened on it.
    private static func with(_ body: (Lab) async throws -> Void) async throws {
        try await Lab.with { lab in
            var lab = lab
            lab.clusters[0].hadoop.nameNode = 9870
            lab.clusters[0].launch["slave"] = LaunchSettings(
                imageID: "ami-1", instanceType: "m7i.large", profile: "howdah-slave",
                securityGroupIDs: [], subnetIDs: [], keyName: nil, market: .onDemand)
            for number in 1...4 {
                let id = lab.launch(number, role: number == 1 ? "master" : "slave").instanceID
                lab.cloud.edit { $0.instances[id]?.tags["howdah:cluster"] = "demo" }
            }
            lab.hdfs.serve(["10.0.0.2", "10.0.0.3", victim])
            try await lab.withPanel { [lab] panel, api in
                for number in 1...4 { _ = try await lab.client(number, api).enrol() }
                _ = try await lab.client(1, api).putMaster()
            }
            try await body(lab)
        }
    }

    private static func operators(_ api: any TestClientProtocol) -> PanelClient {
        PanelClient(url: "http://panel", transport: RouterTransport(api: api))
    }

    private static func order(_ api: any TestClientProtocol) async throws -> DrainView {
        try await operators(api).drain(
            DrainOrder(node: "slave-3", confirm: victimID), in: "demo",
            operatorToken: Lab.operatorToken)
    }

    private static func drain(_ panel: Panel) async throws -> DrainRecord {
        try #require(try await panel.drains.drains.all(of: "demo").first)
    }

    private static func round(_ panel: Panel, _ count: Int = 1) async {
        for _ in 0..<count {
            _ = await panel.drains.round()
            _ = await panel.launches.round()
            await panel.watcher.round()
        }
    }

    /// What HDFS does with what the master's agent wrote, as the roll has it.
    private static func followRoll(_ lab: Lab, _ panel: Panel) async throws {
        let roll = try await panel.rolls.told(of: "demo")
        let own = roll.members.first { $0.address == victim }
        let isReleased = roll.released?.contains { $0.address == victim } == true
        let isAlive = lab.cloud.edit { $0.instances[victimID]?.state == "running" }
        lab.hdfs.change(victim) { node in
            node.isLive = isAlive
            switch node.admin {
            case .inService where own?.isExcluded == true: node.admin = .decommissioning
            case .decommissioning where own?.isExcluded == true: node.admin = .decommissioned
            case .decommissioned where isReleased: node.admin = .inService
            case _ where own?.isExcluded == false: node.admin = .inService
            default: break
            }
        }
    }

    @Test func `a node is excluded, emptied, ended and let go, and its volume stays`() async throws
    {
        try await Self.with { lab in
            try await lab.withPanel { panel, api in
                _ = try await lab.client(4, api).claim(ClaimTests.request)
                await ClaimTests.settle(panel)
                #expect(try await Self.order(api).state == .checking)
                var states: [DrainView.State] = []
                for _ in 0..<20 {
                    await Self.round(panel)
                    try await Self.followRoll(lab, panel)
                    let state = try await Self.drain(panel).state
                    if states.last != state { states.append(state) }
                }
                // It may have ended before anybody looks.
                #expect(
                    states.filter { $0 != .terminating }
                        == [.excluding, .decommissioning, .settling, .cleaning, .done],
                    "\(states)")
                #expect(lab.cloud.count("terminate") == 1 && lab.cloud.count("delete") == 0)
                let volume = try #require(lab.cloud.volumes.first)
                let sentence = try await Self.drain(panel).sentence
                #expect(sentence.hasPrefix("'slave-3' is gone; kept: \(volume.id)"), "\(sentence)")
                #expect(try await panel.auditLines("drain").count == 1)
                #expect(try await panel.auditLines("drain-done").count == 1)
                #expect(try await panel.auditLines("terminated").count == 1)
                let roll = try await panel.rolls.told(of: "demo")
                #expect(roll.released?.map(\.address) == [Self.victim])
            }
        }
    }

    /// Each round is another panel's, and each call to EC2 is lost once, before or after.
    @Test func `a panel that is started anew at any step ends one instance, once`() async throws {
        for number in 1...8 {
            for cut in [FakeCloud.Cut.before(number), .after(number)] {
                try await Self.with { lab in
                    try await lab.withPanel { _, api in _ = try await Self.order(api) }
                    let calls = lab.cloud.calls.count
                    lab.cloud.edit { cloud in
                        cloud.cut =
                            switch cut {
                            case .before(let number): .before(calls + number)
                            case .after(let number): .after(calls + number)
                            }
                    }
                    for _ in 0..<20 {
                        try await lab.withPanel { panel, _ in
                            await Self.round(panel)
                            try await Self.followRoll(lab, panel)
                        }
                    }
                    try await lab.withPanel { panel, _ in
                        let state = try await Self.drain(panel).state
                        #expect(state == .done, "\(cut)")
                        #expect(try await panel.auditLines("drain-terminating").count == 1)
                    }
                    let ended = lab.cloud.edit { cloud in
                        cloud.instances.values.filter { $0.state == "terminated" }.map(\.id)
                    }
                    #expect(ended == [Self.victimID], "\(cut)")
                }
            }
        }
    }

    @Test func `what is being written on it holds its end`() async throws {
        try await Self.with { lab in
            try await lab.withPanel { panel, api in
                _ = try await Self.order(api)
                lab.hdfs.edit { table in
                    table.files = .known(
                        HDFSFiles(highestReplication: 2, openCount: 1, openPaths: ["/log"]))
                }
                for _ in 0..<10 {
                    await Self.round(panel)
                    try await Self.followRoll(lab, panel)
                    lab.time.advance(60)
                }
                var drain = try await Self.drain(panel)
                #expect(drain.state == .settling && drain.openFiles == ["/log"])
                #expect(lab.cloud.count("terminate") == 0)
                lab.hdfs.edit { $0.files = .known(HDFSFiles(highestReplication: 2)) }
                for _ in 0..<3 {
                    lab.time.advance(60)
                    await Self.round(panel)
                }
                drain = try await Self.drain(panel)
                #expect(drain.state == .cleaning)
            }
        }
    }

    @Test func `a drain is cancelled at any step before the end, and the node serves again`()
        async throws
    {
        for rounds in 0...3 {
            try await Self.with { lab in
                try await lab.withPanel { panel, api in
                    let drain = try await Self.order(api)
                    for _ in 0..<rounds {
                        await Self.round(panel)
                        try await Self.followRoll(lab, panel)
                    }
                    let before = try await Self.drain(panel).state
                    #expect(before.isCancellable, "\(before)")
                    let back = try await Self.operators(api).cancelDrain(
                        drain.id, in: "demo", operatorToken: Lab.operatorToken)
                    #expect(back.state == (rounds == 0 ? .cancelled : .cancelling))
                    for _ in 0..<4 {
                        try await Self.followRoll(lab, panel)
                        await Self.round(panel)
                    }
                    #expect(try await Self.drain(panel).state == .cancelled)
                    #expect(lab.cloud.count("terminate") == 0)
                    let own = lab.hdfs.edit { $0.state.value?.dataNode([Self.victim]) }
                    #expect(own?.admin == .inService)
                    await #expect(throws: PanelError.self) {
                        _ = try await Self.operators(api).cancelDrain(
                            drain.id, in: "demo", operatorToken: Lab.operatorToken)
                    }
                }
            }
        }
    }

    @Test func `nothing is launched by hand as long as the node could be taken back`() async throws
    {
        try await Self.with { lab in
            try await lab.withPanel { panel, api in
                let order = LaunchOrder(role: "slave", count: 1)
                func launch() async throws {
                    _ = try await Self.operators(api).launch(
                        order, in: "demo", operatorToken: Lab.operatorToken)
                }
                _ = try await Self.order(api)
                var refused: Set<DrainView.State> = []
                for _ in 0..<20 {
                    let state = try await Self.drain(panel).state
                    guard state.isCancellable else { break }
                    let error = await #expect(throws: PanelError.self) { try await launch() }
                    let words = "\(error, default: "none")"
                    #expect(words.contains("drain-under-way"), "\(words)")
                    #expect(words.contains("'howdah cluster cancel-drain slave-3'"), "\(words)")
                    refused.insert(state)
                    _ = await panel.drains.round()
                    try await Self.followRoll(lab, panel)
                }
                #expect(refused == [.checking, .excluding, .decommissioning, .settling])
                #expect(try await panel.launches.launches.all(of: "demo").isEmpty)
                // EC2 was asked to end it: there is nothing to be taken back.
                #expect(try await Self.drain(panel).state == .terminating)
                try await launch()
                #expect(try await panel.launches.launches.all(of: "demo").count == 1)
            }
        }
    }

    @Test func `who was ended cannot be taken back`() async throws {
        try await Self.with { lab in
            try await lab.withPanel { panel, api in
                let drain = try await Self.order(api)
                for _ in 0..<20 where try await Self.drain(panel).state != .terminating {
                    _ = await panel.drains.round()
                    try await Self.followRoll(lab, panel)
                }
                #expect(try await Self.drain(panel).state == .terminating)
                let error = await #expect(throws: PanelError.self) {
                    _ = try await Self.operators(api).cancelDrain(
                        drain.id, in: "demo", operatorToken: Lab.operatorToken)
                }
                #expect("\(error, default: "none")".contains("cannot be taken back"))
            }
        }
    }

    @Test func `a node that may not go is refused with the reason, and nothing was done`()
        async throws
    {
        try await Self.with { lab in
            try await lab.withPanel { panel, api in
                lab.cloud.edit { $0.protected = [Self.victimID] }
                let plan = try await Self.operators(api).drainPlan(
                    of: "slave-3", in: "demo", operatorToken: Lab.operatorToken)
                #expect(!plan.mayGo && plan.ranking.count == 4)
                #expect(try await panel.drains.drains.all(of: "demo").isEmpty)
                _ = try await Self.order(api)
                await Self.round(panel)
                let drain = try await Self.drain(panel)
                #expect(drain.state == .refused && drain.plan == plan)
                #expect(drain.sentence.contains("EC2 protects it"))
                let roll = try await panel.rolls.told(of: "demo")
                #expect(roll.members.allSatisfy { $0.isExcluded == nil })
            }
        }
    }

    @Test func `a large cluster is asked for in parts, and what EC2 does not answer is told`()
        async throws
    {
        try await Self.with { lab in
            try await lab.withPanel { panel, api in
                let model = try #require(try await panel.nodes.node(Self.victimID))
                try await panel.database.write { database in
                    for number in 1000..<1250 {
                        var node = model
                        node.instanceID = Lab.node(number).instanceID
                        node.name = "slave-\(number)"
                        node.address = "10.1.\(number / 250).\(number % 250)"
                        try node.insert(database)
                    }
                }
                let plan = try await Self.operators(api).drainPlan(
                    of: "slave-3", in: "demo", operatorToken: Lab.operatorToken)
                #expect(plan.mayGo && plan.ranking.count == DrainPlan.maximumCandidates)
                lab.cloud.edit {
                    $0.refusedCall = "protected"
                    $0.refusal = CloudError(isTransient: true, "RequestLimitExceeded")
                }
                _ = try await Self.order(api)
                _ = await panel.drains.round()
                let waiting = try await Self.drain(panel)
                #expect(waiting.state == .checking)
                #expect(waiting.stall?.contains("RequestLimitExceeded") == true)
                lab.cloud.edit { $0.refusal = nil }
                _ = await panel.drains.round()
                let begun = try await Self.drain(panel)
                #expect(begun.state == .excluding && begun.stall == nil)
            }
        }
    }

    @Test func `one node is drained at a time, and by the instance that was named`() async throws {
        try await Self.with { lab in
            try await lab.withPanel { panel, api in
                let operators = Self.operators(api)
                await #expect(throws: PanelError.self) {
                    _ = try await operators.drain(
                        DrainOrder(node: "slave-3", confirm: "slave-3"), in: "demo",
                        operatorToken: Lab.operatorToken)
                }
                _ = try await Self.order(api)
                let error = await #expect(throws: PanelError.self) {
                    _ = try await operators.drain(
                        DrainOrder(node: "slave-1", confirm: Lab.node(2).instanceID), in: "demo",
                        operatorToken: Lab.operatorToken)
                }
                #expect("\(error, default: "none")".contains("one node is drained at a time"))
                await Self.round(panel)
                let view = try await operators.clusterView(
                    "demo", operatorToken: Lab.operatorToken)
                #expect(view.nodes.first { $0.name == "slave-3" }?.state != .up)
            }
        }
    }

    @Test func `an instance that ends by itself is waited for, and nothing is asked of EC2`()
        async throws
    {
        try await Self.with { lab in
            try await lab.withPanel { panel, api in
                _ = try await Self.order(api)
                await Self.round(panel)
                try await Self.followRoll(lab, panel)
                lab.cloud.edit { $0.instances[Self.victimID]?.state = "terminated" }
                for _ in 0..<8 {
                    await Self.round(panel)
                    try await Self.followRoll(lab, panel)
                }
                #expect(try await Self.drain(panel).state != .terminating)
                #expect(lab.cloud.count("terminate") == 0)
            }
        }
    }

    @Test func `a new node with the name of one that went is not excluded for that`() async throws {
        try await Self.with { lab in
            try await lab.withPanel { panel, api in
                _ = try await Self.order(api)
                for _ in 0..<20 where try await Self.drain(panel).state != .cleaning {
                    await Self.round(panel)
                    lab.hdfs.change(Self.victim) { $0.admin = .decommissioned }
                }
                lab.launch(5, role: "slave")
                #expect(try await lab.client(5, api).enrol().name == "slave-3")
                let roll = try await panel.rolls.told(of: "demo")
                let heir = roll.members.first { $0.address == "10.0.0.5" }
                #expect(heir?.isExcluded == false && roll.released == nil)
            }
        }
    }
}
