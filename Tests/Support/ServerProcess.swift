internal import Glibc

/// A server of someone else's that a test runs: started with its output in a file, ended by its
/// recorded process group.
public final class ServerProcess: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    public let logPath: String
    let processID: pid_t

    private init(processID: pid_t, logPath: String) {
        self.processID = processID
        self.logPath = logPath
    }

    public static func start(
        _ program: String, _ arguments: [String], environment: [String: String] = [:],
        logPath: String
    ) throws -> ServerProcess {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, logPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        let words = ([program] + arguments).map { strdup($0) } + [nil]
        var inherited: [UnsafeMutablePointer<CChar>?] = []
        var place = environ
        while let entry = place.pointee {
            inherited.append(strdup(entry))
            place += 1
        }
        let variables = inherited + environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for word in words + variables { free(word) } }
        var processID = pid_t()
        let code = posix_spawn(&processID, program, &actions, &attributes, words, variables)
        guard code == 0 else {
            throw Failure(description: "cannot start '\(program)': errno \(code)")
        }
        return ServerProcess(processID: processID, logPath: logPath)
    }

    /// Waits until `isReady` says so; fails with the log's end if the server ends or takes longer
    /// than five minutes.
    public func wait(
        for name: String, isolation: isolated (any Actor)? = #isolation,
        until isReady: () async -> Bool
    ) async throws {
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .seconds(300) {
            if await isReady() { return }
            var status: Int32 = 0
            if waitpid(processID, &status, WNOHANG) == processID { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        let log = String(decoding: readFile(logPath) ?? [], as: UTF8.self).suffix(2000)
        throw Failure(description: "'\(name)' did not become ready: \(log)")
    }

    /// Waits until it has ended by itself; fails after five minutes.
    func waitForEnd(of what: String) async throws {
        let start = ContinuousClock.now
        var status: Int32 = 0
        while waitpid(processID, &status, WNOHANG) == 0 {
            guard ContinuousClock.now - start < .seconds(300) else {
                throw Failure(description: "waited five minutes for \(what)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Whether it has not ended by itself.
    public var isRunning: Bool {
        var status: Int32 = 0
        return waitpid(processID, &status, WNOHANG) == 0
    }

    public func stop() {
        kill(-processID, SIGKILL)
        var status: Int32 = 0
        waitpid(processID, &status, 0)
    }
}

/// The bytes of a file; nil if it cannot be read.
public func readFile(_ path: String) -> [UInt8]? {
    guard let stream = fopen(path, "r") else { return nil }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&buffer, 1, buffer.count, stream)
        guard count > 0 else { return bytes }
        bytes += buffer[..<count]
    }
}

/// Creates or replaces a file and returns its path.
@discardableResult
public func writeFile(_ path: String, _ bytes: [UInt8]) throws -> String {
    guard let stream = fopen(path, "w") else {
        throw ServerProcess.Failure(description: "cannot write '\(path)': errno \(errno)")
    }
    let written = fwrite(bytes, 1, bytes.count, stream)
    guard fclose(stream) == 0, written == bytes.count else {
        throw ServerProcess.Failure(description: "cannot write '\(path)': errno \(errno)")
    }
    return path
}

/// Programs of the Python environment that `scripts/setup` makes.
public enum PythonEnvironment {
    /// `HOWDAH_VENV`, or `.build-venv` of the checkout.
    public static let path = Checkout.pythonEnvironment

    /// The path of a program; nil if it is not there.
    public static func program(_ name: String) -> String? {
        let program = "\(path)/bin/\(name)"
        return access(program, X_OK) == 0 ? program : nil
    }
}
