internal import CLinux
internal import Glibc
internal import Host

/// Starts a child of ours in a session of its own, with our output or one that is given. Not Host's
/// runner: as PID 1 we collect every child that there is, and two who wait for one child are one
/// too many.
enum ChildProcess {
    static func spawn(
        _ executable: String, _ arguments: [String], environment: [String: String],
        output: Int32? = nil
    ) throws -> pid_t {
        let words = ([executable] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let output {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_adddup2(&actions, output, 1)
            posix_spawn_file_actions_adddup2(&actions, output, 2)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(HOWDAH_SPAWN_SETSID) | Int16(POSIX_SPAWN_SETSIGDEF))
        var pid: pid_t = 0
        let code = posix_spawn(&pid, executable, &actions, &attributes, words, variables)
        guard code == 0 else {
            throw LabError("cannot start '\(executable)': error \(code)")
        }
        return pid
    }

    /// The children of a process (`/proc/PID/task/TID/children`, proc(5)).
    static func children(of pid: pid_t) -> [ProcessIdentity] {
        let text = try? Files(root: "/proc").text("/\(pid)/task/\(pid)/children")
        return (text ?? "").split(separator: " ").compactMap { Int32($0) }
            .compactMap { ProcessIdentity.of(pid: $0) }
    }

    /// A child that ended, with its status; nil if none has.
    static func collect() -> (pid: pid_t, exit: ChildEnd)? {
        var status: Int32 = 0
        let pid = waitpid(-1, &status, WNOHANG)
        guard pid > 0 else { return nil }
        let signal = status & 0x7f
        return (pid, signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal))
    }
}

enum ChildEnd: Equatable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)

    var description: String {
        switch self {
        case .exited(let code): "exit \(code)"
        case .signalled(let signal): "signal \(signal)"
        }
    }
}
