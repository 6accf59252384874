internal import Host
public import PanelAPI

/// Runs steps, each as soon as those it comes after are done; independent ones side by side, so
/// that the whole takes as long as its longest path.
public struct StepGraph: Sendable {
    /// Told of each step as it begins (nil) and ends.
    public typealias Observer = @Sendable (String, StepReport?) async -> Void

    private let steps: [Step]
    private let clock: any Clock<Duration>
    private let log: @Sendable (String) -> Void

    /// Every name in `after` must be a step that stands before, so that there is no cycle.
    ///
    /// `clock` is the time of all deadlines and pauses; `log` has a line for each try that failed
    /// and is not the last.
    public init(
        _ steps: [Step], clock: any Clock<Duration> = ContinuousClock(),
        log: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        var known: Set<String> = []
        for step in steps {
            precondition(known.isSuperset(of: step.after), "\(step.name) comes after the unknown")
            known.insert(step.name)
        }
        self.steps = steps
        self.clock = clock
        self.log = log
    }

    /// Runs all steps that can be run. A step behind a failed one is skipped; the others go on.
    /// Once the task is cancelled, what runs is cut off and nothing more is begun.
    /// Reports come in the order of the steps. `offset` is the time since the boot's start.
    public func run(
        offset: Duration = .zero, observer: @escaping Observer
    ) async -> [StepReport] {
        let elapsed = Self.stopwatch(clock, offset)
        var reports: [String: StepReport] = [:]
        var waiting = steps
        await withTaskGroup(of: StepReport.self) { group in
            var running = 0
            repeat {
                for step in Self.ready(&waiting, reports) {
                    if let reason = Self.obstacle(before: step, reports) {
                        let skipped = StepReport(
                            name: step.name, outcome: .skipped, startSeconds: elapsed().inSeconds,
                            seconds: 0, detail: reason)
                        reports[step.name] = skipped
                        await observer(step.name, skipped)
                    } else {
                        running += 1
                        await observer(step.name, nil)
                        group.addTask { await execute(step, elapsed) }
                    }
                }
                guard running > 0 else { continue }
                if let report = await group.next() {
                    running -= 1
                    reports[report.name] = report
                    await observer(report.name, report)
                }
            } while running > 0 || !waiting.isEmpty
        }
        return steps.compactMap { reports[$0.name] }
    }

    /// Takes out of `waiting` the steps whose predecessors have all ended.
    private static func ready(_ waiting: inout [Step], _ reports: [String: StepReport]) -> [Step] {
        let ready = waiting.filter { $0.after.allSatisfy { reports[$0] != nil } }
        waiting.removeAll { step in ready.contains { $0.name == step.name } }
        return ready
    }

    /// Why a step cannot be begun; nil if it can.
    private static func obstacle(before step: Step, _ reports: [String: StepReport]) -> String? {
        let culprit = step.after.first { name in
            reports[name].map { $0.outcome == .failed || $0.outcome == .skipped } ?? false
        }
        if let culprit { return "'\(culprit)' was not done" }
        return Task.isCancelled ? StepCancelled().description : nil
    }

    private func execute(
        _ step: Step, _ elapsed: @Sendable () -> Duration
    ) async -> StepReport {
        let start = elapsed()
        var outcome = StepReport.Outcome.failed
        var detail: String
        do {
            let result = try await withDeadline(
                step.deadline, clock: clock, executor: StepQueue(step.name),
                late: { StepTimeout(step: step.name, deadline: step.deadline) }
            ) { [clock, log] in
                try await step.retry.run(
                    clock: clock, told: { log("\(step.name): \($0)") }, step.run)
            }
            outcome = result.changed ? .done : .unchanged
            detail = result.detail
        } catch is CancellationError {
            detail = StepCancelled().description
        } catch {
            detail = "\(error)"
        }
        return StepReport(
            name: step.name, outcome: outcome, startSeconds: start.inSeconds,
            seconds: (elapsed() - start).inSeconds, detail: detail)
    }

    private static func stopwatch(
        _ clock: some Clock<Duration>, _ offset: Duration
    ) -> @Sendable () -> Duration {
        let start = clock.now
        return { offset + start.duration(to: clock.now) }
    }
}
