import Autoscaling
import PanelAPI
import Testing

@testable import Panel

/// What charts are drawn from: pure, on tables.
@Suite struct ChartTests {
    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
        (1_800_000_000, "2027-01-15T08:00:00Z"), (4_102_444_799, "2099-12-31T23:59:59Z"),
        (.nan, "1970-01-01T00:00:00Z"), (1e300, "9999-12-31T23:59:59Z"),
    ])
    func `a time is written as RFC 3339 has it`(at: Double, stamp: String) {
        #expect(ChartTime.stamp(at) == stamp)
    }

    @Test(arguments: [
        ([3.0, 14.2], 0.0, 15.0, [0.0, 5, 10, 15]), ([], 0, 1, [0, 0.5, 1]),
        ([-4, 4], -5, 5, [-5, 0, 5]), ([1_234_567], 0, 1_500_000, [0, 500_000, 1e6, 1.5e6]),
    ])
    func `an axis goes from round to round`(
        values: [Double], low: Double, high: Double, ticks: [Double]
    ) {
        let scale = ChartScale.around(values, from: 0, to: 10, height: 100)
        #expect(scale.low == low && scale.high == high && scale.ticks == ticks)
    }

    @Test func `what is not known is a gap and never a zero`() {
        let scale = ChartScale(from: 0, to: 100, low: 0, high: 10, height: 100)
        let points = [
            ChartPoint(0, 5), ChartPoint(10, 10), ChartPoint(20, nil), ChartPoint(30, 0),
            ChartPoint(40, .nan), ChartPoint(50, 2), ChartPoint(90, 4),
        ]
        #expect(
            ChartPath.line(points, scale, gap: 15)
                == "M0 50L100 0M300 100h.1M500 80h.1M900 60h.1")
        #expect(
            ChartPath.steps(points, scale, gap: 50)
                == "M0 50H100V0M300 100h.1M500 80H900V60")
        #expect(ChartPath.line([], scale, gap: 1).isEmpty)
    }

    @Test func `many points become means of their neighbours`() {
        let points = (0..<3000).map { ChartPoint(Double($0), Double($0 % 10)) }
        let thinned = ChartPoint.thinned(points, from: 0, to: 3000)
        #expect(thinned.count == ChartPoint.maximumPoints)
        #expect(thinned.allSatisfy { $0.value == 4.5 })
    }

    @Test func `events that fall together are one marker`() {
        func event(_ at: Double, _ count: Int, _ kind: ScalingEvent.Kind) -> ScalingEvent {
            ScalingEvent(at: at, kind: kind, count: count, by: "ada", reason: "")
        }
        let events = [
            event(0, 3, .grown), event(5, 3, .grown), event(500, 2, .failed), event(900, 1, .ended),
        ]
        let bins = ScalingEvent.binned(events, from: 0, to: 1000, slots: 10)
        #expect(bins.map(\.count) == [2, 1, 1])
        #expect(bins.map(ScalingEvent.change) == ["+6", "0", "-1"])
    }

    struct Rest: Sendable {
        var at: Double
        var kind = ScalingEvent.Kind.grown
        var by = Autoscaler.actor
        var shown: ClosedRange<Double>?
    }

    /// The rule rests for 900 s after growth and 120 s after a failure; shown is 10,000 to 20,000.
    static let rests = [
        Rest(at: 12_000, shown: 12_000...12_900), Rest(at: 19_500, shown: 19_500...20_000),
        Rest(at: 9_400, shown: 10_000...10_300), Rest(at: 9_100, shown: nil),
        Rest(at: 9_000, shown: nil), Rest(at: 12_000, kind: .failed, shown: 12_000...12_120),
        Rest(at: 9_950, kind: .failed, shown: 10_000...10_070),
        Rest(at: 12_000, kind: .ended, shown: nil), Rest(at: 12_000, by: "ada", shown: nil),
    ]

    @Test(arguments: rests) func `a rest is shown as far as it reaches into the time`(rest: Rest) {
        var rule = LoadRule()
        rule.cooldownSeconds = 900
        rule.retrySeconds = 120
        let event = ScalingEvent(at: rest.at, kind: rest.kind, count: 3, by: rest.by, reason: "")
        #expect(
            ScalingEvent.rests([event], rule, from: 10_000, to: 20_000)
                == [rest.shown].compactMap(\.self))
    }

    @Test func `queues with dots in their names keep their figures apart`() throws {
        func series(_ metric: String, _ values: [Double]) -> MetricStore.Series {
            .init(
                host: "hadoop:demo:pools", metric: metric, spanSeconds: 0,
                points: values.enumerated().map {
                    .init(at: Double($0) * 30, summary: MetricSummary($1))
                })
        }
        let figures = QueueCharts.Figures(
            [
                series("pool.root.etl.map.running", [1, 2]), series("pool.adhoc.jobs", [1]),
                series("pool.root.etl.map.share.fair", [4, 4]),
                series("pool.b.map.running", [9, 1]), series("yarn.appsRunning", [1]),
            ], kind: "pool")
        #expect(Set(figures.byQueue.keys) == ["root.etl", "adhoc", "b"])
        #expect(figures.largest("map.running") == ["b", "root.etl"])
        #expect(figures.sum("map.running") == [ChartPoint(0, 10), ChartPoint(30, 3)])
        let plan = try #require(QueueCharts.pools.first { $0.id == "map-slots" })
        let chart = try #require(QueueCharts.chart(plan, figures, from: 0, to: 60))
        #expect(chart.lines.map(\.name) == ["b", "root.etl", "root.etl, share"])
        #expect(chart.lines.map(\.isShare) == [false, false, true])
        #expect(QueueCharts.pools.count == 8)
        let demand = try #require(QueueCharts.pools.first)
        #expect(QueueCharts.chart(demand, figures, from: 0, to: 60) == nil)
    }

    struct Outlook: Sendable {
        var mode = ScalingSettings.Mode.on
        var outcome = "hold"
        var decidedAgo: Double? = 37
        var lowest: Double? = 11
        var mean: Double? = 14.2
        var size = 4
        var growth: ScalingInput.Growth?
        let says: String
    }

    static let outlooks = [
        Outlook(mode: .off, says: "autoscaling is off"),
        Outlook(decidedAgo: nil, says: "the first decision comes within a minute"),
        Outlook(decidedAgo: 600, says: "the last decision is 10 min old: hold: it was so"),
        Outlook(
            mean: 6.2, says: "next decision in 23 s: hold, because mean load 6.2 is not above 10"),
        Outlook(mean: nil, says: "next decision in 23 s: none, because no 'slave' tells its load"),
        Outlook(
            outcome: "no-decision",
            says: "next decision in 23 s: none yet, because it was so"),
        Outlook(
            size: 10,
            says: "next decision in 23 s: hold, because 10 of 10 nodes run or are on their way"),
        Outlook(
            growth: .init(at: 400, hasFailed: false),
            says: "next decision in 23 s: hold, because it rests for another 5 min"),
        Outlook(
            lowest: 4,
            says: "next decision in 23 s: add once mean load 14.2 has been above 10 for 10 min"),
        Outlook(
            mode: .advise, size: 8,
            says: "next decision in 23 s: add 2, because mean load 14.2 stays above 10 "
                + "(advice only)"),
        Outlook(
            decidedAgo: 60, growth: .init(at: 880, hasFailed: true),
            says: "next decision now: add 3, because mean load 14.2 stays above 10"),
    ]

    @Test(arguments: outlooks) func `the next decision is foretold in words`(outlook: Outlook) {
        let last = outlook.decidedAgo.map { ago in
            DecisionView(
                at: 1000 - ago, mode: "on", outcome: outlook.outcome, count: 0, eligible: [],
                leftOut: [:],
                value: outlook.mean, lowest: outlook.lowest, freshShare: 1, guards: [],
                sentence: outlook.outcome == "hold" ? "hold: it was so" : "no decision: it was so")
        }
        let forecast = Forecast(
            mode: outlook.mode, rule: LoadRule(), last: last, mean: outlook.mean,
            size: outlook.size, growth: outlook.growth, now: 1000)
        #expect(forecast.words == outlook.says)
    }
}
