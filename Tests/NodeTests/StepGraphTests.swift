import PanelAPI
import Testing

@testable import Node

@Suite struct StepGraphTests {
    struct Broken: Error, CustomStringConvertible {
        let description = "it is broken"
    }

    /// Two tasks that can only end if both run at the same time.
    actor Meeting {
        private var arrived = 0
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func meet() async {
            arrived += 1
            guard arrived < 2 else { return waiting.forEach { $0.resume() } }
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    actor Order {
        private(set) var names: [String] = []
        func add(_ name: String) { names.append(name) }
    }

    func step(
        _ name: String, after: [String] = [], _ order: Order, fails: Bool = false
    ) -> Step {
        Step(name, after: after, deadline: .seconds(600)) {
            await order.add(name)
            if fails { throw Broken() }
            return .done(name)
        }
    }

    @Test func `steps come after those they name`() async {
        let order = Order()
        let graph = StepGraph([
            step("a", order), step("b", after: ["a"], order), step("c", after: ["b"], order),
        ])
        let reports = await graph.run { _, _ in }
        #expect(await order.names == ["a", "b", "c"])
        #expect(reports.map(\.outcome) == [.done, .done, .done])
    }

    @Test func `independent steps run at the same time`() async {
        let meeting = Meeting()
        let steps = ["volume", "packages"].map { name in
            Step(name, deadline: .seconds(600)) {
                await meeting.meet()
                return .done(name)
            }
        }
        let reports = await StepGraph(steps).run { _, _ in }
        #expect(reports.allSatisfy { $0.outcome == .done })
    }

    @Test func `what depends on a failure is skipped, in turn too; the rest goes on`() async {
        let order = Order()
        let graph = StepGraph([
            step("bad", order, fails: true), step("next", after: ["bad"], order),
            step("last", after: ["next"], order), step("other", order),
        ])
        let reports = await graph.run { _, _ in }
        #expect(reports.map(\.outcome) == [.failed, .skipped, .skipped, .done])
        #expect(reports[0].detail == "it is broken")
        #expect(reports[1].detail.contains("'bad'"))
        #expect(Set(await order.names) == ["bad", "other"])
    }

    @Test(.timeLimit(.minutes(10)))
    func `a step that hangs is stopped at its deadline on the given clock, and named`()
        async throws
    {
        let clock = HandClock()
        let hangs = Step("hangs", deadline: .seconds(600)) {
            try await Task.sleep(for: .seconds(86_400))
            return .done("never")
        }
        async let running = StepGraph([hangs], clock: clock).run { _, _ in }
        try await clock.awaitAlarm(at: .seconds(600))
        clock.advance(by: .seconds(599))
        #expect(clock.alarms == [.seconds(600)])
        clock.advance(by: .seconds(1))
        let reports = await running
        #expect(reports.first?.outcome == .failed)
        #expect(reports.first?.seconds == 600)
        #expect(
            reports.first?.detail.hasPrefix("step 'hangs' was not done within 600.0 s") == true)
    }
}
