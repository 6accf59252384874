import PanelAPI
import PanelClient
import Testing

@testable import Node

/// What fails for a while is tried again; what fails for good is not. Time passes by hand alone.
@Suite(.timeLimit(.minutes(10))) struct StepRetryTests {
    struct Away: Error, CustomStringConvertible { let description = "nobody is there" }
    struct Refused: Error, CustomStringConvertible { let description = "it says no" }

    actor Failures {
        private var left: [any Error]
        private(set) var tries = 0

        init(_ left: [any Error]) { self.left = left }

        func next() throws -> StepResult {
            tries += 1
            guard !left.isEmpty else { return .done("it came") }
            throw left.removeFirst()
        }
    }

    static func step(_ failures: Failures, tries: Int, deadline: Duration) -> Step {
        let retry = StepRetry(tries: tries, pause: .seconds(5)) { $0 is Away }
        return Step("fetch", deadline: deadline, retry: retry) { try await failures.next() }
    }

    /// Runs the step, letting pauses pass that end at these times.
    static func report(
        _ step: Step, pausesEnd: [Duration], log: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> StepReport {
        let clock = HandClock()
        async let running = StepGraph([step], clock: clock, log: log).run { _, _ in }
        var now = Duration.zero
        for end in pausesEnd {
            try await clock.awaitAlarm(at: end)
            clock.advance(by: end - now)
            now = end
        }
        return try #require(await running.first)
    }

    @Test func `what passes by itself is tried again, each time later, and each try is told`()
        async throws
    {
        let failures = Failures([Away(), Away()])
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        let step = Self.step(failures, tries: 5, deadline: .seconds(600))
        let report = try await Self.report(step, pausesEnd: [.seconds(5), .seconds(15)]) {
            continuation.yield($0)
        }
        continuation.finish()
        #expect(report.outcome == .done && report.detail == "it came")
        #expect(report.seconds == 15)
        #expect(await failures.tries == 3)
        #expect(
            await lines.reduce(into: []) { $0.append($1) } == [
                "fetch: try 1 of 5 failed, again in 5.0 s: nobody is there",
                "fetch: try 2 of 5 failed, again in 10.0 s: nobody is there",
            ])
    }

    @Test func `it is tried only so often`() async throws {
        let failures = Failures([Away(), Away(), Away(), Away()])
        let step = Self.step(failures, tries: 3, deadline: .seconds(600))
        let report = try await Self.report(step, pausesEnd: [.seconds(5), .seconds(15)])
        #expect(report.outcome == .failed)
        #expect(report.detail == "nobody is there (tried 3 times)")
        #expect(await failures.tries == 3)
    }

    @Test func `what says no is not asked again`() async throws {
        let failures = Failures([Refused()])
        let step = Self.step(failures, tries: 3, deadline: .seconds(600))
        let report = try await Self.report(step, pausesEnd: [])
        #expect(report.outcome == .failed && report.detail == "it says no")
        #expect(await failures.tries == 1)
    }

    @Test func `the deadline is for all tries together`() async throws {
        let failures = Failures(Array(repeating: Away(), count: 9))
        let step = Self.step(failures, tries: 9, deadline: .seconds(12))
        let clock = HandClock()
        async let running = StepGraph([step], clock: clock).run { _, _ in }
        try await clock.awaitAlarm(at: .seconds(5))
        clock.advance(by: .seconds(5))
        // The end of the second pause, which is never reached.
        try await clock.awaitAlarm(at: .seconds(15))
        clock.advance(by: .seconds(7))
        let report = try #require(await running.first)
        #expect(report.detail.hasPrefix("step 'fetch' was not done within 12.0 s"))
        #expect(await failures.tries == 2)
    }

    @Test func `a panel that is away may come back, one that says no stays there`() {
        let refusal = APIError(error: "no", message: "no")
        let refused = PanelError.refused(call: "c", status: 403, refusal: refusal)
        #expect(BootDeadlines.mayPass(PanelError.unreachable(call: "c", cause: "x")))
        #expect(!BootDeadlines.mayPass(refused))
        #expect(!BootDeadlines.mayPass(Away()))
    }

    @Test func `a graph that is cancelled cuts off what runs and begins nothing more`()
        async throws
    {
        let clock = HandClock()
        let retry = StepRetry(tries: 9, pause: .seconds(5)) { _ in true }
        let steps = [
            Step("waits", deadline: .seconds(600), retry: retry) {
                try await clock.sleep(until: .init(offset: .seconds(500)), tolerance: nil)
                return .done("never")
            },
            Step("next", after: ["waits"], deadline: .seconds(600)) { .done("never") },
        ]
        let running = Task { await StepGraph(steps, clock: clock).run { _, _ in } }
        try await clock.awaitAlarm(at: .seconds(500))
        running.cancel()
        let reports = await running.value
        #expect(reports.map(\.outcome) == [.failed, .skipped])
        #expect(reports[0].detail == "it was ended from outside; run howdah-node boot to go on")
    }
}
