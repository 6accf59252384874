internal import CLinux
internal import Glibc

/// How a program starts in a session of its own: no descriptors but those it is given, no signal
/// blocked or ignored, what it says appended to a log (posix_spawn(3)).
public struct SessionStart: Sendable {
    public enum Input: Sendable {
        case nothing
        case descriptor(Int32)
    }

    /// An absolute path.
    public var executable: String
    /// What the program finds as its own name.
    public var name: String
    public var arguments: [String]
    public var environment: [String: String]
    public var workingDirectory = "/"
    public var input = Input.nothing
    /// Standard output and error are appended to it.
    public var log: String
    /// Of the log, if it is made.
    public var logMode: UInt32 = 0o640
    /// A descriptor that it gets besides, and its number there.
    public var passed: (descriptor: Int32, number: Int32)?

    public init(
        _ executable: String, name: String? = nil, arguments: [String],
        environment: [String: String], log: String
    ) {
        self.executable = executable
        self.name = name ?? executable
        self.arguments = arguments
        self.environment = environment
        self.log = log
    }

    /// Starts it and returns its process number. Whoever wants its end waits for it.
    public func spawn() throws(ProcessError) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        describe(&actions)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        Self.describe(&attributes)
        let words = ([name] + arguments).map { strdup($0) } + [nil]
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

    private func describe(_ actions: inout posix_spawn_file_actions_t) {
        switch input {
        case .nothing: posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        case .descriptor(let number): posix_spawn_file_actions_adddup2(&actions, number, 0)
        }
        posix_spawn_file_actions_addopen(
            &actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, logMode)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        if let passed {
            posix_spawn_file_actions_adddup2(&actions, passed.descriptor, passed.number)
        }
        howdah_spawn_change_directory(&actions, workingDirectory)
        howdah_spawn_close_from(&actions, passed.map { $0.number + 1 } ?? 3)
    }

    private static func describe(_ attributes: inout posix_spawnattr_t) {
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes,
            Int16(HOWDAH_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    }
}
