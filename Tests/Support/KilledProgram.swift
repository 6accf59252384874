internal import Glibc

/// A program of ours that a test runs to its end, or kills in the middle.
public enum KilledProgram {
    /// What became of it.
    public enum End: Sendable, Equatable {
        case exited(Int32)
        case killed
    }

    static let pause = Duration.milliseconds(5)

    /// Where the build put this test and the programs.
    public static let programs: String = {
        var path = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let length = path.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlink("/proc/self/exe", $0, text.count) } ?? 0
            }
        }
        let text = String(decoding: path[..<max(0, length)], as: UTF8.self)
        return text.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
    }()

    /// Runs a program with its output in a file. With `after`, it gets SIGKILL then, if it has not
    /// ended before. Waits no longer than `limit`.
    public static func run(
        _ program: String, _ arguments: [String], environment: [String: String],
        logPath: String, killedAfter after: Duration?, limit: Duration = .seconds(120)
    ) async throws -> End {
        let process = try ServerProcess.start(
            program, arguments, environment: environment, logPath: logPath)
        let start = ContinuousClock.now
        while true {
            var status: Int32 = 0
            if waitpid(process.processID, &status, WNOHANG) == process.processID {
                // WIFEXITED and WEXITSTATUS of wait(2).
                return status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .killed
            }
            let elapsed = ContinuousClock.now - start
            if let after, elapsed >= after {
                process.stop()
                return .killed
            }
            guard elapsed < limit else {
                process.stop()
                throw ServerProcess.Failure(
                    description: "'\(program)' took longer than \(limit); see '\(logPath)'")
            }
            try await Task.sleep(for: pause)
        }
    }
}
