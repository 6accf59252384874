internal import Glibc
internal import Subprocess
internal import SystemPackage

/// Runs a program of someone else's to its end; any exit but 0 is an error with its last words.
public struct Command: Sendable {
    public struct Output: Sendable {
        public let exitCode: Int32
        public let output: String
        public let errors: String
    }

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    static let outputLimit = 16 << 20

    /// `program` is a path, or a name looked up in PATH.
    @discardableResult
    public static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:],
        directory: String? = nil, mayFail: Bool = false
    ) async throws -> Output {
        var changes: [Environment.Key: String] = [:]
        for (name, value) in environment {
            if let key = Environment.Key(rawValue: name) { changes[key] = value }
        }
        let result = try await Subprocess.run(
            program.contains("/") ? .path(FilePath(program)) : .name(program),
            arguments: Arguments(arguments), environment: .inherit.updating(changes),
            workingDirectory: directory.map { FilePath($0) },
            output: .bytes(limit: outputLimit), error: .bytes(limit: outputLimit))
        let code: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        let ended = Output(
            exitCode: code, output: String(decoding: result.standardOutput, as: UTF8.self),
            errors: String(decoding: result.standardError, as: UTF8.self))
        if code != 0 && !mayFail {
            let words = ([program] + arguments).joined(separator: " ")
            throw Failure(
                description: "'\(words)' ended with \(code): \(ended.errors)\(ended.output)")
        }
        return ended
    }

    /// Whether a program is installed where Debian installs programs.
    public static func exists(_ program: String) -> Bool {
        ["/usr/bin/", "/usr/sbin/", "/usr/local/bin/"].contains {
            access($0 + program, X_OK) == 0
        }
    }
}
