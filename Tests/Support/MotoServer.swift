/// moto as EC2, IAM and STS on a free port of 127.0.0.1, for the time of one test. It is empty and
/// checks no signatures until it is told to.
public struct MotoServer: Sendable {
    public let port: UInt16
    public var url: String { "http://127.0.0.1:\(port)" }

    /// Why a test that needs it cannot run; nil where it can.
    public static var missing: String? {
        PythonEnvironment.program("moto_server") == nil
            ? "'\(PythonEnvironment.path)/bin/moto_server' is missing: run scripts/setup" : nil
    }

    public static func with<Value>(
        account: String = "000000000000", _ body: (MotoServer) async throws -> Value
    ) async throws -> Value {
        guard let moto = PythonEnvironment.program("moto_server") else {
            throw ServerProcess.Failure(description: missing ?? "no moto")
        }
        return try await withTemporaryDirectory { directory in
            let port = freePorts(1)[0]
            let process = try ServerProcess.start(
                moto, ["-H", "127.0.0.1", "-p", "\(port)"],
                environment: ["MOTO_ACCOUNT_ID": account], logPath: "\(directory)/moto.log")
            defer { process.stop() }
            try await process.wait(for: "moto_server") { isListening(port) }
            return try await body(MotoServer(port: port))
        }
    }
}
