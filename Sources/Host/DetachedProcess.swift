/// A program that is to outlive us: a daemon with a session, a log file and an environment of its
/// own.
public struct DetachedProcess: Sendable {
    /// An absolute path.
    public var executable: String
    public var arguments: [String]
    public var environment: [String: String]
    public var workingDirectory: String
    /// Standard output and error are appended to it.
    public var log: String

    public init(
        executable: String, arguments: [String] = [], environment: [String: String],
        workingDirectory: String = "/", log: String
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.log = log
    }

    /// Starts it. What it needs to be found again is the result: keep it.
    public func spawn(proc: String = "/proc") throws -> ProcessIdentity {
        var start = SessionStart(
            executable, arguments: arguments, environment: environment, log: log)
        start.workingDirectory = workingDirectory
        let pid = try start.spawn()
        guard let identity = ProcessIdentity.of(pid: pid, proc: proc) else {
            throw ProcessError(program: executable, reason: "ended at once; see '\(log)'")
        }
        return identity
    }
}
