import Support

/// botocore of the Python environment that `scripts/setup` makes, as the oracle of what the AWS
/// tools do.
enum Botocore {
    static var missing: Bool { PythonEnvironment.program("python") == nil }

    /// What a program prints.
    static func run(_ program: String, _ environment: [String: String] = [:]) async throws -> String
    {
        let python = PythonEnvironment.program("python") ?? "python"
        return try await Command.run(python, ["-c", program], environment: environment).output
    }
}
