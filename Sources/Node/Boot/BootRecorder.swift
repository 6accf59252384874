internal import AWS
internal import Host
internal import PanelAPI

/// Keeps the boot's state on disk and in the log as steps begin and end.
actor BootRecorder {
    private let world: NodeWorld
    private let store: StateStore
    private let stopwatch: @Sendable () -> Duration
    private var state: BootState

    init(bootID: String, world: NodeWorld) throws {
        self.world = world
        store = StateStore(files: world.paths.files)
        stopwatch = Self.stopwatch(world.clock)
        state = BootState(bootID: bootID)
        try store.keep(state)
    }

    var elapsed: Duration { stopwatch() }

    /// Whether the panel knows this node, so that it can be told how the boot went.
    var isEnrolled: Bool {
        state.steps.contains { $0.name == "enrol" && ($0.outcome == .done) }
    }

    func knows(_ plan: BootPlan) {
        state.instanceID = plan.facts.instanceID
        state.role = plan.role
        state.configurationHash = plan.configurationHash
    }

    func knows(_ steps: [Step]) { state.after = StepGraph.wholeOrder(steps) }

    nonisolated var observe: StepGraph.Observer {
        { [self] name, report in await note(name, report) }
    }

    private func note(_ name: String, _ report: StepReport?) {
        if let report {
            state.current.removeAll { $0 == name }
            state.steps.append(report)
            world.log.entry(
                "\(report.name): \(report.outcome.rawValue): \(report.detail)",
                Self.priority(report.outcome),
                fields: fields.merging([
                    .step: report.name, .outcome: report.outcome.rawValue,
                    .seconds: "\(report.seconds)",
                ]) { $1 })
        } else {
            state.current.append(name)
        }
        state.seconds = elapsed.inSeconds
        // What cannot be kept now is kept, or fails loudly, at the end.
        try? store.keep(state)
    }

    /// A failure outside of a step's own work.
    func failed(_ name: String, _ detail: String) {
        note(
            name,
            StepReport(
                name: name, outcome: .failed, startSeconds: elapsed.inSeconds, seconds: 0,
                detail: detail))
    }

    func report(_ instanceID: String) -> BootReport {
        BootReport(
            bootID: state.bootID, instanceID: instanceID,
            outcome: state.verdict, seconds: elapsed.inSeconds, steps: state.steps)
    }

    func finish() throws -> BootState {
        state.stage = state.verdict.stage
        state.current = []
        state.seconds = elapsed.inSeconds
        try store.keep(state)
        let seconds = (state.seconds * 10).rounded() / 10
        world.log.entry(
            "boot \(state.stage.rawValue) after \(seconds) s",
            state.stage == .done ? .info : state.stage == .degraded ? .warning : .error,
            fields: fields.merging([
                .outcome: state.stage.rawValue, .seconds: "\(state.seconds)",
            ]) { $1 })
        return state
    }

    /// In each entry; an empty one is not known yet.
    private var fields: [LogField: String] {
        let known: [LogField: String] = [
            .bootID: state.bootID, .instance: state.instanceID, .role: state.role,
        ]
        return known.filter { !$0.value.isEmpty }
    }

    private static func priority(_ outcome: StepReport.Outcome) -> Journal.Priority {
        switch outcome {
        case .done, .unchanged: .info
        case .skipped: .warning
        case .failed: .error
        }
    }

    private static func stopwatch(_ clock: some Clock<Duration>) -> @Sendable () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }
}

extension BootState {
    /// A node works without these, as long as nothing was left out because of them.
    private static let spared: Set = ["report", BootPlan.metadataStep]

    var verdict: BootReport.Outcome {
        if failed.isEmpty { return .done }
        let isWhole = steps.allSatisfy { $0.outcome != .skipped }
        return isWhole && failed.allSatisfy { Self.spared.contains($0.name) } ? .degraded : .failed
    }
}

extension BootReport.Outcome {
    fileprivate var stage: BootState.Stage {
        switch self {
        case .done: .done
        case .degraded: .degraded
        case .failed: .failed
        }
    }
}
