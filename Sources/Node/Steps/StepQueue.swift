internal import Dispatch

/// Runs a step's work on a thread of its own when it needs one: a step that waits for a disk in the
/// kernel must not hold up the heartbeats and the other steps, on a machine with few cores.
final class StepQueue: TaskExecutor {
    private let queue: DispatchQueue

    init(_ step: String) {
        queue = DispatchQueue(label: "howdah.step.\(step)")
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
