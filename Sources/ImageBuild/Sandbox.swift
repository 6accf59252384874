internal import CLinux
internal import Glibc
internal import Host

/// Runs a shell script as root in namespaces of its own: mounts, processes, IPC, host name and
/// (unless it is to fetch) network. It can write its work folder alone.
///
/// However we end, so does the script, and its mounts with it: its first process ends when our end
/// of its standard input closes, and with that process the kernel ends all others there.
struct Sandbox: Sendable {
    static let defaultDeadline = Duration.seconds(1800)
    /// From our end of its input closing to its end, which the kernel brings about.
    static let maximumEnding = Duration.seconds(60)
    static let pause = Duration.milliseconds(5)
    /// Behind the script's own copy of its input.
    static let lockNumber: Int32 = 4
    /// Lines of the log that an error quotes.
    static let quotedLines = 4

    /// Absolute; the script finds it in `$W`.
    var work: String
    /// Folders beside `work` that it may write.
    var writable: [String] = []
    var hasNetwork = false
    var environment: [String: String] = [:]
    /// Inherited by all in the sandbox: the lock is held until the last of them is gone.
    var lock: Int32?
    var deadline = defaultDeadline

    /// First in the sandbox: waits for the script or for our end, whichever is first. Before the
    /// script, everything but what it may write becomes read-only.
    private static let prelude = #"""
        exec 3<&0 </dev/null
        trap 'exit 143' TERM
        (cat <&3 >/dev/null; kill -TERM 1) &
        script=$1
        (
            set -eu
            for p; do [ "$p" = "$script" ] || mount --bind "$p" "$p"; done
            while read -r _ p _; do
                p=$(printf '%b' "$p")
                case $p in /proc|/proc/*|/dev|/dev/*|/sys|/sys/*) continue ;; esac
                for w; do case $p in "$w"|"$w"/*) continue 2 ;; esac; done
                mount -o remount,bind,ro "$p" 2>/dev/null || :
            done </proc/self/mounts
            exec /bin/sh -eu "$script"
        ) 3<&- &
        wait $!
        exit $?
        """#

    /// What the script wrote is in `work/log`. Its failure is an error that quotes the log's end.
    func run(_ script: String, as purpose: String) async throws {
        let path = "\(work)/\(purpose).sh"
        try Files().makeDirectory(work + "/tmp")
        try Files().write(script, to: path)
        var ends: [Int32] = [-1, -1]
        guard howdah_pipe(&ends) == 0 else {
            throw ImageError("cannot make a pipe: error \(errno)")
        }
        var isOpen = true
        defer { if isOpen { close(ends[1]) } }
        let pid = try spawn(path, input: ends[0])
        var end = ContinuousClock.now + deadline
        var status: Int32 = 0
        while waitpid(pid, &status, WNOHANG) == 0 {
            if isOpen, Task.isCancelled || ContinuousClock.now > end {
                close(ends[1])
                isOpen = false
                end = .now + Self.maximumEnding
            }
            if !isOpen, ContinuousClock.now > end {
                kill(pid, SIGKILL)
                throw ImageError(
                    "\(purpose): process \(pid) did not end within \(Self.maximumEnding) of"
                        + " being told to, and was killed")
            }
            if isOpen { try? await Task.sleep(for: Self.pause) } else { usleep(5000) }
        }
        try Task.checkCancellation()
        if status == 0 { return }
        let reason =
            isOpen ? "failed: \(try lastWords())" : "did not end within \(deadline)"
        throw ImageError("\(purpose) \(reason)")
    }

    private func lastWords() throws -> String {
        let log = try Files().textIfPresent("\(work)/log", limit: 64 << 20) ?? ""
        let lines = log.split(whereSeparator: \.isNewline).suffix(Self.quotedLines)
        return lines.isEmpty ? "it wrote nothing" : lines.joined(separator: " | ")
    }

    private var options: [String] {
        ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"]
            + ["--mount-proc", "--ipc", "--uts"] + (hasNetwork ? [] : ["--net"])
    }

    private func spawn(_ script: String, input: Int32) throws -> pid_t {
        defer { close(input) }
        let shell = ["/bin/sh", "-c", Self.prelude, "howdah-image", script, work] + writable
        var start = SessionStart(
            "/usr/bin/unshare", name: "unshare", arguments: options + shell,
            environment: fullEnvironment, log: "\(work)/log")
        start.input = .descriptor(input)
        start.logMode = 0o644
        start.passed = lock.map { ($0, Self.lockNumber) }
        return try start.spawn()
    }

    private var fullEnvironment: [String: String] {
        let own = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C", "HOME": "/root", "TERM": "dumb", "W": work,
            "TMPDIR": work + "/tmp",
        ]
        return own.merging(environment) { $1 }
    }
}

/// Quotes a word for a shell.
func shellQuoted(_ word: String) -> String {
    "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        + "'"
}
