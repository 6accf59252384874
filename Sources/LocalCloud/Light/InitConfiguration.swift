/// What `howdah local init` is told: `init.json` in the instance's folder.
struct InitConfiguration: Codable, Sendable, Equatable {
    var isolation: Isolation
    /// The folder that stands for `/`.
    var root: String
    var hostname: String
    /// The program that boots and then runs as agent, an absolute path.
    var node: String
    /// What comes before it, as `Isolation.launcher` has it.
    var launcher: [String]
    /// What the instance's processes bear in their environment.
    var marks: [String]
    /// Of the node program, and so of its daemons.
    var environment: [String: String]
    /// Where it says how far it is.
    var status: String
}

/// How far an instance's init is: `init-status.json`, replaced with each change.
public struct InitStatus: Codable, Sendable, Equatable {
    public enum Phase: String, Codable, Sendable {
        case booting
        /// The boot ended with something else than 0 or 2; nothing runs but what it started.
        case bootFailed = "boot-failed"
        case agent
        /// The agent ended too often.
        case agentFailed = "agent-failed"
        case ending
    }

    public var phase: Phase
    /// How the boot ended, once it did: `exit 0`.
    public var boot: String?
    public var agentStarts: Int

    public init(phase: Phase, boot: String? = nil, agentStarts: Int = 0) {
        self.phase = phase
        self.boot = boot
        self.agentStarts = agentStarts
    }
}
