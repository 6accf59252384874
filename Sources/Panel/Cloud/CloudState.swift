/// EC2's words for an instance's state, and what they mean to the panel (EC2 API reference,
/// InstanceState: pending, running, shutting-down, terminated, stopping, stopped).
enum CloudState {
    /// How long an instance must be missing from EC2's answers to be taken for terminated: EC2
    /// shows one for about an hour after its end (EC2 user guide, "Terminate instances"). Until
    /// then a missing one may only be new to the part of EC2 that answered.
    static let forgottenAfterSeconds = 3600.0
    /// Said of an instance that was missing for that long.
    static let forgotten = "terminated"

    static func isAlive(_ state: String) -> Bool { state == "pending" || state == "running" }

    /// It does not run, and nothing of it does: a stopping instance may still write.
    static func isGone(_ state: String) -> Bool { state == "stopped" || isFinal(state) }

    /// It will not run again.
    static func isFinal(_ state: String) -> Bool { state == "terminated" }
}
