public import PanelAPI

/// Where a boot's time went, from the state that it has kept.
public struct BootAnalysis: Sendable {
    let state: BootState

    public init(_ state: BootState) {
        self.state = state
    }

    /// The steps that ran, the longest first; of equal ones the earlier first.
    public var blame: [StepReport] {
        ran.sorted { ($1.seconds, $0.startSeconds) < ($0.seconds, $1.startSeconds) }
    }

    /// The chain of steps that made the boot as long as it was, the last one first: each began when
    /// the next in the list had ended.
    public var criticalPath: [StepReport] {
        var path: [StepReport] = []
        var next = ran.max { $0.end < $1.end }
        while let step = next, !path.contains(where: { $0.name == step.name }) {
            path.append(step)
            next = before(step).max { $0.end < $1.end }
        }
        return path
    }

    /// Seconds of work along the critical path; what a boot takes beyond that is lost between the
    /// steps.
    public var pathSeconds: Double { criticalPath.reduce(0) { $0 + $1.seconds } }

    var ran: [StepReport] { state.steps.filter { $0.outcome != .skipped } }

    /// What this step waited for. A state that does not say what comes after what has times alone:
    /// then all that had ended when it began.
    private func before(_ step: StepReport) -> [StepReport] {
        if let after = state.after {
            let names = Set(after[step.name] ?? [])
            return ran.filter { names.contains($0.name) }
        }
        return ran.filter { $0.end <= step.startSeconds && $0.name != step.name }
    }
}

extension StepReport {
    /// Seconds after the boot's start.
    var end: Double { startSeconds + seconds }
}
