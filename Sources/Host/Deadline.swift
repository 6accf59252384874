/// Runs `body`, and cancels it once `limit` has passed since the call; then `late` says what is
/// thrown.
///
/// The time counts from the call, not from when a thread has time for the task that watches it:
/// on a loaded machine these are seconds apart.
public func withDeadline<Value: Sendable>(
    _ limit: Duration, clock: some Clock<Duration>, executor: (any TaskExecutor)? = nil,
    late: @escaping @Sendable () -> any Error, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let end = clock.now.advanced(by: limit)
    return try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask(executorPreference: executor) { try await body() }
        group.addTask {
            try await clock.sleep(until: end, tolerance: nil)
            throw late()
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { throw CancellationError() }
        return result
    }
}
