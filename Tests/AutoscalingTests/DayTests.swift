import Testing

@testable import Autoscaling

/// A day on a virtual clock: a cluster whose load rises, flaps, falls, loses metrics, and whose
/// launches fail.
@Suite struct DayTests {
    /// Four slaves at the start; launched ones are up after three minutes.
    struct World {
        let rule = LoadRule()
        var now = 0.0
        var nodes: [(name: String, upSince: Double)] = (1...4).map { ("slave-\($0)", -3600) }
        var launching: [Double] = []
        var growth: ScalingInput.Growth?
        var samples: [(at: Double, load: Double)] = []
        var said: [(minute: Int, decision: Decision)] = []

        /// One minute with this work, shared by all nodes; nil: no metrics come.
        mutating func minute(work: Double?, launchesFail: Bool = false) {
            for second in [30.0, 60] {
                guard let work else { continue }
                samples.append((now + second, work / Double(nodes.count)))
            }
            now += 60
            while let first = launching.first, first <= now {
                launching.removeFirst()
                nodes.append(("slave-\(nodes.count + 1)", now))
            }
            samples.removeAll { $0.at <= now - rule.breachSeconds }
            let decision = rule.decide(
                .init(
                    at: now,
                    nodes: nodes.map { node in
                        .init(
                            name: node.name, upSince: node.upSince,
                            samples: samples.filter { $0.at > node.upSince }
                                .map { .init(at: $0.at, load: $0.load) })
                    }, pending: launching.count, lastGrowth: growth))
            said.append((Int(now / 60), decision))
            guard decision.outcome == .add else { return }
            growth = .init(at: now, hasFailed: launchesFail)
            guard !launchesFail else { return }
            launching += Array(repeating: now + 180, count: decision.count)
        }

        var additions: [(minute: Int, count: Int)] {
            said.filter { $0.decision.outcome == .add }.map { ($0.minute, $0.decision.count) }
        }
    }

    @Test func `load that rises grows the cluster step by step to its maximum`() {
        var world = World()
        for _ in 0..<60 { world.minute(work: 8) }
        #expect(world.additions.isEmpty)
        for _ in 0..<120 { world.minute(work: 200) }
        #expect(world.additions.map(\.minute) == [70, 85])
        #expect(world.additions.map(\.count) == [3, 3])
        #expect(world.nodes.count == 10)
        #expect(
            world.said.last?.decision.sentence.hasSuffix("10 of 10 nodes run or are on their way")
                == true)
    }

    @Test func `load that flaps adds nothing`() {
        var world = World()
        for minute in 0..<600 { world.minute(work: minute % 9 < 8 ? 100 : 4) }
        #expect(world.additions.isEmpty)
    }

    @Test func `load that falls removes nothing`() {
        var world = World()
        for _ in 0..<90 { world.minute(work: 200) }
        let grown = world.nodes.count
        for _ in 0..<600 { world.minute(work: 1) }
        #expect(world.nodes.count == grown && grown == 10)
    }

    @Test func `metrics that stop are no decision, and no load of zero either`() {
        var world = World()
        for _ in 0..<9 { world.minute(work: 200) }
        for _ in 0..<30 { world.minute(work: nil) }
        #expect(world.additions.isEmpty)
        #expect(world.said.suffix(28).allSatisfy { $0.decision.outcome == .noDecision })
        for _ in 0..<10 { world.minute(work: 200) }
        #expect(world.additions.map(\.minute) == [49])
    }

    @Test func `a launch that fails is tried again after two minutes, not fifteen`() {
        var world = World()
        for _ in 0..<10 { world.minute(work: 200, launchesFail: true) }
        #expect(world.additions.map(\.minute) == [10])
        world.minute(work: 200)
        world.minute(work: 200)
        #expect(world.additions.map(\.minute) == [10, 12])
        #expect(world.launching.count == 3)
    }
}
