/// Who starts and stops daemons: systemd, or where there is none, howdah-node itself. What is asked
/// of both is the same, and so are the tests.
protocol DaemonSupervisor: Sendable {
    /// The daemon if it runs; nil if not.
    func running(_ name: String) async throws -> RunningDaemon?
    /// Starts a daemon that does not run. A program that cannot be executed is a `DaemonError`.
    func start(
        _ program: DaemonProgram, inputs: String, words: LogTail
    ) async throws -> RunningDaemon
    /// SIGTERM, and SIGKILL after `grace`; also for one that is being restarted all the time.
    func stop(_ name: String, grace: Duration) async throws
}

/// A daemon that runs.
struct RunningDaemon: Sendable {
    /// What it was started with; empty where that is not known.
    var inputs: String
    /// As people may look for it.
    var label: String
    /// How it has ended since; nil while it lives.
    var ending: @Sendable () async throws -> String?
}
