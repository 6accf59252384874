import Testing

@testable import Autoscaling

/// The rule on tables.
@Suite struct LoadRuleTests {
    static let now = 1_800_000_000.0

    /// A node that has been up for `minutes` and had this load in each of the last ten, the oldest
    /// first; nil: no samples in that minute.
    static func node(
        _ name: String, upMinutes minutes: Double? = 60, _ loads: [Double?]
    ) -> ScalingInput.Node {
        var samples: [ScalingInput.Sample] = []
        for (minute, load) in loads.enumerated() {
            guard let load else { continue }
            let start = now - Double(loads.count - minute) * 60
            samples += [30, 60].map { .init(at: start + $0, load: load) }
        }
        return .init(name: name, upSince: minutes.map { now - $0 * 60 }, samples: samples)
    }

    static func flat(_ load: Double) -> [Double?] { .init(repeating: load, count: 10) }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var nodes: [ScalingInput.Node]
        var pending = 0
        var growth: ScalingInput.Growth?
        let outcome: Decision.Outcome
        var count = 0
        let sentence: String
    }

    static let rows = [
        Row(
            testDescription: "quiet", nodes: [node("a", flat(2)), node("b", flat(4))],
            outcome: .hold, sentence: "hold: mean load 3 of 2 nodes is not above 10"),
        Row(
            testDescription: "exactly the threshold is not above it", nodes: [node("a", flat(10))],
            outcome: .hold, sentence: "hold: mean load 10 of 1 node is not above 10"),
        Row(
            testDescription: "high for ten minutes",
            nodes: [node("a", flat(8)), node("b", flat(14))],
            outcome: .add, count: 3,
            sentence: "add 3: mean load was above 10 for 10 minutes (now 11, lowest 11), "
                + "2 of 10 nodes run or are on their way"),
        Row(
            testDescription: "high for nine minutes",
            nodes: [node("a", [9] + flat(20).dropLast())], outcome: .hold,
            sentence: "hold: mean load 20 of 1 node is above 10, but not for 10 minutes yet"),
        Row(
            testDescription: "only two places are left",
            nodes: (1...7).map { node("s\($0)", flat(12)) }, pending: 1, outcome: .add, count: 2,
            sentence: "add 2: mean load was above 10 for 10 minutes (now 12, lowest 12), "
                + "8 of 10 nodes run or are on their way"),
        Row(
            testDescription: "none is left", nodes: (1...10).map { node("s\($0)", flat(12)) },
            outcome: .hold,
            sentence: "hold: mean load was above 10 for 10 minutes (now 12, lowest 12), but "
                + "10 of 10 nodes run or are on their way"),
        Row(
            testDescription: "it rests", nodes: [node("a", flat(12))],
            growth: .init(at: now - 890, hasFailed: false), outcome: .hold,
            sentence: "hold: mean load was above 10 for 10 minutes (now 12, lowest 12), but "
                + "nodes were added 14 min 50 s ago: it rests for another 10 s"),
        Row(
            testDescription: "it has rested", nodes: [node("a", flat(12))],
            growth: .init(at: now - 900, hasFailed: false), outcome: .add, count: 3,
            sentence: "add 3: mean load was above 10 for 10 minutes (now 12, lowest 12), "
                + "1 of 10 nodes run or are on their way"),
        Row(
            testDescription: "a failed launch does not start the full rest",
            nodes: [node("a", flat(12))], growth: .init(at: now - 120, hasFailed: true),
            outcome: .add, count: 3,
            sentence: "add 3: mean load was above 10 for 10 minutes (now 12, lowest 12), "
                + "1 of 10 nodes run or are on their way"),
        Row(
            testDescription: "too few samples",
            nodes: [
                node("a", flat(12)), node("b", [nil, nil, nil, nil, nil] + flat(12).prefix(5)),
            ],
            outcome: .noDecision,
            sentence: "no decision: 75 % of the samples of 2 nodes are here, 80 % are needed"),
        Row(
            testDescription: "a silent minute of all",
            nodes: [node("a", [nil] + flat(12).dropLast())],
            outcome: .noDecision,
            sentence: "no decision: 90 % of the samples of 1 node are here, 80 % are needed"),
        Row(
            testDescription: "all are young", nodes: [node("a", upMinutes: 9, flat(50))],
            outcome: .noDecision, sentence: "no decision: no 'slave' has been up for 10 minutes"),
        Row(
            testDescription: "nobody is there", nodes: [], outcome: .noDecision,
            sentence: "no decision: no 'slave' has been up for 10 minutes"),
    ]

    @Test(arguments: rows) func `decides as the table says, and says why`(row: Row) {
        let decision = LoadRule().decide(
            .init(at: Self.now, nodes: row.nodes, pending: row.pending, lastGrowth: row.growth))
        #expect(decision.outcome == row.outcome)
        #expect(decision.count == row.count)
        #expect(decision.sentence == row.sentence)
    }

    @Test func `a young node counts as capacity and not in the mean`() {
        let decision = LoadRule().decide(
            .init(
                at: Self.now,
                nodes: [
                    Self.node("old", Self.flat(4)), Self.node("young", upMinutes: 5, Self.flat(90)),
                    Self.node("booting", upMinutes: nil, []),
                ], pending: 0, lastGrowth: nil))
        #expect(decision.eligible == ["old"] && decision.value == 4)
        #expect(
            decision.leftOut == [
                "young": "it has been up for 5 minutes only", "booting": "it is not up",
            ])
    }

    @Test func `a load that no machine has is told, and ends nothing`() {
        for load in [1e300, Double.infinity] {
            let decision = LoadRule().decide(
                .init(
                    at: Self.now, nodes: [Self.node("a", Self.flat(load))], pending: 0,
                    lastGrowth: nil))
            #expect(decision.outcome == .add && decision.sentence.contains("lowest"))
        }
    }
}
