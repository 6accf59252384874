/// Runs `body`, and cancels it once `limit` has passed; then `late` says what is thrown.
func withDeadline<Value: Sendable>(
    _ limit: Duration, clock: any Clock<Duration>, executor: (any TaskExecutor)? = nil,
    late: @escaping @Sendable () -> any Error, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask(executorPreference: executor) { try await body() }
        group.addTask {
            try await clock.sleep(for: limit)
            throw late()
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { throw CancellationError() }
        return result
    }
}
