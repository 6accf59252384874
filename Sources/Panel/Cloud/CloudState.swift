/// EC2's words for an instance's state, and what they mean to the panel (EC2 API reference,
/// InstanceState: pending, running, shutting-down, terminated, stopping, stopped).
enum CloudState {
    /// Said of an instance that EC2 no longer lists, an hour or so after its end.
    static let forgotten = "terminated"

    static func isAlive(_ state: String) -> Bool { state == "pending" || state == "running" }

    /// It does not run, and nothing of it does: a stopping instance may still write.
    static func isGone(_ state: String) -> Bool { state == "stopped" || isFinal(state) }

    /// It will not run again.
    static func isFinal(_ state: String) -> Bool { state == "terminated" }
}
