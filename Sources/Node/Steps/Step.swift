/// One step of a boot. It looks first and works only where something is to do, so that it can be
/// run again after a power cut at any point.
public struct Step: Sendable {
    public var name: String
    /// Names of the steps that must be done before this one begins.
    public var after: [String]
    /// For the whole step with all its tries; what it waited for is in the error.
    public var deadline: Duration
    public var retry: StepRetry
    public var run: @Sendable () async throws -> StepResult

    public init(
        _ name: String, after: [String] = [], deadline: Duration, retry: StepRetry = .none,
        run: @escaping @Sendable () async throws -> StepResult
    ) {
        self.name = name
        self.after = after
        self.deadline = deadline
        self.retry = retry
        self.run = run
    }
}

/// What a step did, in one line without secrets.
public struct StepResult: Sendable, Equatable {
    /// False where all was found as it should be.
    public var changed: Bool
    public var detail: String

    public init(changed: Bool, _ detail: String) {
        self.changed = changed
        self.detail = detail
    }

    public static func unchanged(_ detail: String) -> Self { Self(changed: false, detail) }
    public static func done(_ detail: String) -> Self { Self(changed: true, detail) }
}

/// Says that a step took longer than it may.
struct StepTimeout: Error, CustomStringConvertible {
    let step: String
    let deadline: Duration

    var description: String {
        "step '\(step)' was not done within \(deadline.inSeconds) s; "
            + "the lines above say what it waited for; run howdah-node boot again to go on"
    }
}

/// Says that a step was cut off because the whole boot was.
struct StepCancelled: Error, CustomStringConvertible {
    let description = "it was ended from outside; run howdah-node boot to go on"
}

extension Duration {
    /// Seconds, rounded to a thousandth.
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + (Double(attoseconds) / 1e15).rounded() / 1000
    }
}
