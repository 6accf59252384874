/// How often a step is tried within its deadline, where what stopped it may pass by itself.
public struct StepRetry: Sendable {
    /// The longest pause between two tries.
    static let maximumPause = Duration.seconds(60)

    /// Tries in all, at least one.
    public var tries: Int
    /// Before the second try; twice as long before each one after it.
    public var pause: Duration
    /// Whether an error may pass by itself. One that says no, or holds for good, may not.
    public var mayPass: @Sendable (any Error) -> Bool

    public init(
        tries: Int, pause: Duration, mayPass: @escaping @Sendable (any Error) -> Bool
    ) {
        precondition(tries >= 1, "a step is tried once at least")
        self.tries = tries
        self.pause = pause
        self.mayPass = mayPass
    }

    /// The first failure is the last.
    public static let none = StepRetry(tries: 1, pause: .zero) { _ in false }

    /// Runs `body` until it is done, fails for good, or was tried often enough. `told` has a line
    /// for each failure that is not the last.
    func run<Value>(
        clock: any Clock<Duration>, told: (String) -> Void, _ body: () async throws -> Value
    ) async throws -> Value {
        var pause = pause
        var count = 1
        while true {
            do {
                return try await body()
            } catch {
                guard !Task.isCancelled, mayPass(error), tries > 1 else { throw error }
                guard count < tries else { throw TriedInVain(tries: tries, cause: error) }
                told("try \(count) of \(tries) failed, again in \(pause.inSeconds) s: \(error)")
            }
            try await clock.sleep(for: pause)
            pause = min(pause * 2, Self.maximumPause)
            count += 1
        }
    }
}

/// What a step still failed with when it had been tried often enough.
struct TriedInVain: Error, CustomStringConvertible {
    let tries: Int
    let cause: any Error

    var description: String { "\(cause) (tried \(tries) times)" }
}
