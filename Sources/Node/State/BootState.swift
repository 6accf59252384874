public import PanelAPI

/// How the newest boot stands; what `howdah-node status` reads.
public struct BootState: Codable, Sendable, Equatable {
    public enum Stage: String, Codable, Sendable {
        case running, done, failed, degraded
    }

    public var stage: Stage
    public var bootID: String
    /// Empty until metadata has told it.
    public var instanceID: String
    public var role: String
    public var configurationHash: String
    public var seconds: Double
    public var steps: [StepReport]
    /// The steps that are being worked on.
    public var current: [String]
    /// What each step comes after; nil before it is known, and from older versions.
    public var after: [String: [String]]?
    /// What the cloud has in mind for the instance, as the agent heard it; not kept with the boot.
    public var notices: [CloudNotice]?

    public init(bootID: String) {
        stage = .running
        self.bootID = bootID
        instanceID = ""
        role = ""
        configurationHash = ""
        seconds = 0
        steps = []
        current = []
    }

    public var failed: [StepReport] { steps.filter { $0.outcome == .failed } }

    /// `howdah-node status`'s exit code: 0 done, 1 failed or not finished, 2 degraded.
    public var exitCode: Int32 {
        switch stage {
        case .done: 0
        case .failed, .running: 1
        case .degraded: 2
        }
    }
}
