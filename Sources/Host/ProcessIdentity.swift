internal import CLinux
internal import Glibc

/// A process by what cannot be taken over by another one: its id together with its start time.
public struct ProcessIdentity: Sendable, Codable, Hashable, CustomStringConvertible {
    public let pid: Int32
    /// Clock ticks after the machine's start (`/proc/PID/stat`, field 22; proc(5)).
    public let startTime: UInt64

    public init(pid: Int32, startTime: UInt64) {
        self.pid = pid
        self.startTime = startTime
    }

    /// The process that has this id now; nil if there is none, or only a zombie.
    public static func of(pid: Int32, proc: String = "/proc") -> ProcessIdentity? {
        guard let text = try? Files(root: proc).text("/\(pid)/stat") else { return nil }
        // The name in parentheses may hold blanks and parentheses: fields count from the last one.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let start = UInt64(fields[19]) else { return nil }
        if fields[0] == "Z" || fields[0] == "X" { return nil }
        return ProcessIdentity(pid: pid, startTime: start)
    }

    public static var current: ProcessIdentity? { of(pid: getpid()) }

    public var description: String { "process \(pid)" }

    public func isAlive(proc: String = "/proc") -> Bool {
        reap()
        return Self.of(pid: pid, proc: proc) == self
    }

    /// Sends a signal to this very process; false if it is gone. The process is held by a
    /// descriptor while its start time is compared, so that the id cannot change hands between.
    @discardableResult
    public func signal(_ number: Int32, proc: String = "/proc") -> Bool {
        let handle = howdah_pidfd_open(pid)
        guard handle >= 0 else { return false }
        defer { close(handle) }
        guard Self.of(pid: pid, proc: proc) == self else { return false }
        return howdah_pidfd_send_signal(handle, number) == 0
    }

    /// SIGTERM, then SIGKILL for what is still there after `grace`. Says whether it is gone.
    public func terminate(grace: Duration = .seconds(10), proc: String = "/proc") async -> Bool {
        signal(SIGTERM, proc: proc)
        if await gone(within: grace, proc: proc) { return true }
        signal(SIGKILL, proc: proc)
        return await gone(within: .seconds(5), proc: proc)
    }

    private func gone(within limit: Duration, proc: String) async -> Bool {
        let end = ContinuousClock.now + limit
        while isAlive(proc: proc) {
            if ContinuousClock.now >= end { return false }
            do { try await Task.sleep(for: .milliseconds(20)) } catch { return false }
        }
        return true
    }

    /// Collects the process if it is a child of ours that has ended, so that no zombie stays.
    private func reap() {
        var status: Int32 = 0
        _ = waitpid(pid, &status, WNOHANG)
    }
}
