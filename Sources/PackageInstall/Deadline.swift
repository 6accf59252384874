/// Runs `body` for at most `limit`; then cancels it and throws an error that names what took so
/// long.
func withDeadline<Result: Sendable>(
    _ limit: Duration, waitingFor what: String, clock: any Clock<Duration>,
    _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        defer { group.cancelAll() }
        group.addTask { try await body() }
        group.addTask {
            try await clock.sleep(for: limit)
            return nil
        }
        guard let result = try await group.next() ?? nil else {
            throw InstallError.timedOut(waitingFor: what, seconds: limit.components.seconds)
        }
        return result
    }
}
