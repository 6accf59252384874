import Autoscaling
import PanelAPI
import PanelClient
import Testing

@testable import Panel

/// What decisions are made of, of which most is in memory.
@Suite struct LoadWindowTests {
    private static func reader(_ panel: Panel, _ loads: LoadWindow) -> ScalingReader {
        ScalingReader(database: panel.database, metrics: panel.metrics, window: loads)
    }

    /// What a node tells in a minute: most are in time; some come late, again with another load,
    /// twice, ahead of their time, or not at all.
    private static func times(_ minute: Int, _ number: Int, now: Double) -> [Double] {
        switch (minute * 5 + number * 3) % 11 {
        case 0: []
        case 1: [now - 20, now - 50]
        case 2: [now - 400, now - 90, now - 60, now - 30]
        case 3: [now + 45]
        case 4: [now - 30.0004, now - 30]
        default: [now - 30, now]
        }
    }

    private static func beat(
        _ minute: Int, _ number: Int, now: Double
    ) -> Heartbeat {
        var beat = HeartbeatSamples.beat(minute + 1, at: times(minute, number, now: now))
        // One whose load nobody believes is left out of both.
        let load = minute % 7 == 3 ? -1 : Double(minute * 10 + number)
        for index in beat.samples?.indices ?? 0..<0 {
            beat.samples?[index].values = ["ldavg-1": load, "user": 1]
        }
        return beat
    }

    @Test func `a decision is made of what a panel that has just started would read`()
        async throws
    {
        try await Lab.with { lab in
            for number in 1...4 { lab.launch(number, role: "slave") }
            try await lab.withPanel { panel, api in
                let cluster = try panel.settings.cluster("demo")
                let rule = cluster.scaling.rule
                let kept = Self.reader(panel, panel.reports.loads)
                var seen = 0
                for minute in 0..<40 {
                    lab.time.advance(60)
                    let now = panel.time.now()
                    // The fourth comes later; the first is silent for longer than is looked back.
                    for number in 1...4
                    where !(number == 4 && minute < 15) && !(number == 1 && (5..<20) ~= minute) {
                        let client = lab.client(number, api)
                        if minute % 15 == 0 { try await client.report(ViewTests.boot(number)) }
                        _ = try await client.heartbeat(Self.beat(minute, number, now: now))
                    }
                    let input = try await kept.input(cluster, rule, now: now)
                    let anew = try await Self.reader(panel, LoadWindow())
                        .input(cluster, rule, now: now)
                    #expect(input == anew, "minute \(minute)")
                    seen += input.nodes.map(\.samples.count).reduce(0, +)
                }
                #expect(seen > 1_000)
            }
        }
    }

    @Test func `a node that comes between two decisions is never read`() async throws {
        try await Lab.with { lab in
            for number in 1...2 { lab.launch(number, role: "slave") }
            try await lab.withPanel { panel, api in
                let cluster = try panel.settings.cluster("demo")
                let (rule, loads) = (cluster.scaling.rule, panel.reports.loads)
                let kept = Self.reader(panel, loads)
                func come(_ number: Int) async throws {
                    let client = lab.client(number, api)
                    try await client.report(ViewTests.boot(number))
                    let now = panel.time.now()
                    _ = try await client.heartbeat(Self.beat(4, number, now: now))
                }
                // Nobody has decided yet: what it tells is in the database alone.
                try await come(1)
                let (one, two) = (Lab.node(1).instanceID, Lab.node(2).instanceID)
                #expect(loads.keep([one], of: "demo") == [one])
                _ = try await kept.input(cluster, rule, now: panel.time.now())
                try await come(2)
                #expect(loads.keep([one, two], of: "demo").isEmpty)
                let input = try await kept.input(cluster, rule, now: panel.time.now())
                let anew = try await Self.reader(panel, LoadWindow())
                    .input(cluster, rule, now: panel.time.now())
                #expect(input == anew && input.nodes.allSatisfy { !$0.samples.isEmpty })
            }
        }
    }

    @Test func `a decision that looks far back is made of all of that`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let cluster = try panel.settings.cluster("demo")
                var rule = cluster.scaling.rule
                let kept = Self.reader(panel, panel.reports.loads)
                func count(_ seconds: Double) async throws -> Int? {
                    rule.breachSeconds = seconds
                    return try await kept.input(cluster, rule, now: panel.time.now())
                        .nodes.first?.samples.count
                }
                let client = lab.client(1, api)
                for minute in 0..<100 {
                    lab.time.advance(60)
                    let now = panel.time.now()
                    _ = try await client.heartbeat(
                        HeartbeatSamples.beat(minute + 1, at: [now - 30, now]))
                    if minute % 20 == 0 { _ = try await count(600) }
                }
                #expect(try await count(7_200) == 200)
                #expect(try await count(600) == 21)
            }
        }
    }

    @Test func `of a node that tells too much the newest is kept, and nothing of who left`() {
        let loads = LoadWindow()
        #expect(loads.keep(["i-1", "i-2"], of: "demo") == ["i-1", "i-2"])
        let many = (0..<2 * LoadWindow.maximumSamples).map {
            ScalingInput.Sample(at: Double($0), load: 1)
        }
        loads.fill(["i-1": [], "i-2": [], "i-3": many], of: "demo")
        for sample in many {
            loads.add(
                [.init(host: "i-1", at: sample.at, values: ["ldavg-1": 1])],
                of: "i-1", in: "demo", now: 2_000)
        }
        #expect(loads.keep(["i-1", "i-3"], of: "demo") == ["i-3"])
        let found = loads.samples(of: "demo", from: 0, to: 1e6)
        #expect(found["i-1"]?.count == LoadWindow.maximumSamples)
        #expect(found["i-1"]?.last == many.last)
        #expect(found["i-3"] == [] && found["i-2"] == nil)
    }
}
