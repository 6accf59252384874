/// How long each part of a boot may take.
public struct BootDeadlines: Sendable, Equatable {
    /// Metadata has its own patience for each question; this is for all of them.
    public var facts = Duration.seconds(300)
    /// A step that only asks or only writes a few files.
    public var call = Duration.seconds(180)
    /// A cluster may be started whole, the panel's host last: a node waits for it.
    public var panel = Duration.seconds(900)
    /// Between two tries to reach the panel.
    public var panelInterval = Duration.seconds(5)
    public var master = Duration.seconds(900)
    /// Above the sum of its waits (attachment, device, mkfs, growing): it must never cut these off.
    public var volume = Duration.seconds(2700)
    public var packages = Duration.seconds(1800)
    public var daemons = Duration.seconds(1800)
    public var report = Duration.seconds(60)
    /// How often a step is tried where the panel or a repository went away in the middle of it, and
    /// the first pause between two tries.
    public var tries = 4
    public var retryPause = Duration.seconds(5)

    public init() {}

    /// The waits end first, since they can say what they waited for.
    var enrolStep: Duration { panel + call }
    var hostsStep: Duration { master + call }
}
