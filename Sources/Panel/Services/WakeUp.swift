/// Wakes a worker that sleeps: what comes while it works is not lost, and many calls wake it once.
actor WakeUp {
    private let time: PanelTime
    private var isCalled = false
    private var sleeper: Task<Void, any Error>?

    init(time: PanelTime) { self.time = time }

    func call() {
        isCalled = true
        sleeper?.cancel()
    }

    /// Until it is called or `limit` is over. Throws if the task is cancelled.
    func wait(atMost limit: Duration) async throws {
        if !isCalled {
            let task = Task { [time] in try await time.sleep(limit) }
            sleeper = task
            await withTaskCancellationHandler {
                _ = await task.result
            } onCancel: {
                task.cancel()
            }
            sleeper = nil
        }
        isCalled = false
        try Task.checkCancellation()
    }
}
