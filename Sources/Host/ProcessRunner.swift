internal import CLinux
internal import Glibc
internal import Subprocess
internal import SystemPackage

/// How a program ended.
public enum ProcessEnd: Sendable, Equatable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)

    public var description: String {
        switch self {
        case .exited(let code): "exit \(code)"
        case .signalled(let signal): "signal \(signal)"
        }
    }
}

/// What a program wrote and how it ended. A failure's exit code is not thrown: ask `end`.
public struct ProcessResult: Sendable, Equatable {
    public var end: ProcessEnd
    public var output: [UInt8]
    public var errors: [UInt8]

    public init(end: ProcessEnd, output: [UInt8] = [], errors: [UInt8] = []) {
        self.end = end
        self.output = output
        self.errors = errors
    }

    public var succeeded: Bool { end == .exited(0) }
    public var outputText: String { String(decoding: output, as: UTF8.self) }
    public var errorText: String { String(decoding: errors, as: UTF8.self) }

    /// The last lines that it wrote, errors before output, in one line for a message.
    public func lastWords(lines: Int = 3) -> String {
        let source = errors.isEmpty ? outputText : errorText
        let last = source.split(whereSeparator: \.isNewline).suffix(lines)
        return last.isEmpty ? "it wrote nothing" : last.joined(separator: " | ")
    }
}

/// A program that could not be run to its end, or that ended badly where that is an error.
public struct ProcessError: Error, CustomStringConvertible, Equatable {
    public let program: String
    public let reason: String

    public init(program: String, reason: String) {
        self.program = program
        self.reason = reason
    }

    public var description: String { "'\(program)' \(reason)" }
}

/// Runs programs to their end, each in a session of its own, with a deadline and limited output.
public struct ProcessRunner: Sendable {
    /// Bytes of output (and as many of errors) that are taken unless told otherwise.
    public static let defaultOutputLimit = 4 << 20
    /// How long a program has between SIGTERM and SIGKILL once its deadline has passed.
    static let grace = Duration.seconds(2)
    /// More than it takes from a program's end to its result.
    private static let turns = 32

    public init() {}

    /// `executable` is a path, or a name looked up in PATH. `environment` nil inherits ours.
    public func run(
        _ executable: String, _ arguments: [String] = [], environment: [String: String]? = nil,
        workingDirectory: String? = nil, input: [UInt8] = [],
        deadline: Duration = .seconds(60), outputLimit: Int = defaultOutputLimit
    ) async throws -> ProcessResult {
        let configuration = configuration(executable, arguments, environment, workingDirectory)
        return try await withThrowingTaskGroup(of: ProcessResult?.self) { group in
            group.addTask {
                try await Self.collect(configuration, executable, input, outputLimit)
            }
            group.addTask {
                try await Task.sleep(for: deadline)
                // It may have ended long ago, and the threads that would have noticed were taken:
                // who waits before us goes first.
                for _ in 0..<Self.turns { await Task.yield() }
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else {
                throw ProcessError(
                    program: executable, reason: "did not end within \(deadline); it was stopped")
            }
            return result
        }
    }

    /// As `run`, but anything but exit 0 is thrown, with the program's last words.
    @discardableResult
    public func require(
        _ executable: String, _ arguments: [String] = [], environment: [String: String]? = nil,
        workingDirectory: String? = nil, input: [UInt8] = [], deadline: Duration = .seconds(60)
    ) async throws -> ProcessResult {
        let result = try await run(
            executable, arguments, environment: environment, workingDirectory: workingDirectory,
            input: input, deadline: deadline)
        guard result.succeeded else {
            throw ProcessError(
                program: ([executable] + arguments).joined(separator: " "),
                reason: "ended with \(result.end): \(result.lastWords())")
        }
        return result
    }

    private func configuration(
        _ executable: String, _ arguments: [String], _ environment: [String: String]?,
        _ workingDirectory: String?
    ) -> Configuration {
        var options = PlatformOptions()
        // A session of its own: the deadline ends the program's children too.
        options.createSession = true
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: Self.grace)
        ]
        return Configuration(
            executable: executable.contains("/") ? .path(FilePath(executable)) : .name(executable),
            arguments: Arguments(arguments),
            environment: environment.map { .custom(Self.keyed($0)) } ?? .inherit,
            workingDirectory: workingDirectory.map { FilePath($0) },
            platformOptions: options)
    }

    private static func keyed(_ environment: [String: String]) -> [Environment.Key: String] {
        var keyed: [Environment.Key: String] = [:]
        for (name, value) in environment {
            if let key = Environment.Key(rawValue: name) { keyed[key] = value }
        }
        return keyed
    }

    private static func collect(
        _ configuration: Configuration, _ name: String, _ input: [UInt8], _ limit: Int
    ) async throws -> ProcessResult {
        do {
            let result = try await Subprocess.run(
                configuration,
                input: .fileDescriptor(
                    try descriptor(holding: input, name), closeAfterSpawningProcess: true),
                output: .bytes(limit: limit), error: .bytes(limit: limit))
            let end: ProcessEnd =
                switch result.terminationStatus {
                case .exited(let code): .exited(code)
                case .signaled(let signal): .signalled(signal)
                }
            return ProcessResult(
                end: end, output: result.standardOutput, errors: result.standardError)
        } catch let error as SubprocessError {
            throw ProcessError(program: name, reason: "could not be run: \(error)")
        }
    }

    /// A file in memory, read from its start. A pipe would end us with SIGPIPE where the program
    /// ends, or closes its input, before it has read all.
    private static func descriptor(
        holding input: [UInt8], _ name: String
    ) throws -> FileDescriptor {
        let file = howdah_memory_file("input")
        guard file >= 0 else {
            throw ProcessError(
                program: name, reason: "cannot be given its input: \(SystemText.message(errno))")
        }
        let descriptor = FileDescriptor(rawValue: file)
        do {
            try descriptor.writeAll(input)
            try descriptor.seek(offset: 0, from: .start)
        } catch {
            try? descriptor.close()
            throw ProcessError(program: name, reason: "cannot be given its input: \(error)")
        }
        return descriptor
    }
}
