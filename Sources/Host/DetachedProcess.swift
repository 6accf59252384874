internal import CLinux
internal import Glibc

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
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o640)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        howdah_spawn_change_directory(&actions, workingDirectory)
        howdah_spawn_close_from(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes,
            Int16(HOWDAH_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let pid = try spawn(&actions, &attributes)
        guard let identity = ProcessIdentity.of(pid: pid, proc: proc) else {
            throw ProcessError(program: executable, reason: "ended at once; see '\(log)'")
        }
        return identity
    }

    private func spawn(
        _ actions: inout posix_spawn_file_actions_t, _ attributes: inout posix_spawnattr_t
    ) throws(ProcessError) -> pid_t {
        let words = ([executable] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, executable, &actions, &attributes, words, variables)
        guard code == 0 else {
            throw ProcessError(
                program: executable,
                reason: "could not be started in '\(workingDirectory)' with log '\(log)': "
                    + SystemText.message(code))
        }
        return pid
    }
}
