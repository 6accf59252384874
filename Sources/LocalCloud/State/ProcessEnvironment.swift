internal import FoundationEssentials

/// Our own environment variables.
public enum ProcessEnvironment {
    public static var current: [String: String] { ProcessInfo.processInfo.environment }

    static var terminal: String { current["TERM"] ?? "dumb" }

    /// What our own programs are started with: where the lab's tools are, and nothing of whoever
    /// started the lab, least of all keys.
    static var passed: [String: String] {
        current.filter { ["HOWDAH_VENV", "JAVA_HOME", "SWIFT_BACKTRACE"].contains($0.key) }
    }
}
