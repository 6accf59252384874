internal import FoundationEssentials

/// Our own environment variables.
public enum ProcessEnvironment {
    public static var current: [String: String] { ProcessInfo.processInfo.environment }
}
