internal import Glibc
internal import Host

/// An instance as the hypervisor and an operator handle it, whatever it is made of.
protocol Instance: Sendable {
    /// Seconds that it has to end before its power is cut.
    static var endingSeconds: Double { get }

    var site: InstanceSite { get }

    /// Its disk and its network; the record comes last and says that both are there.
    func create(_ wanted: CloudView.Instance) async throws
    func powerOn() async throws
    /// Asks it to end, or to start again.
    func beginEnding(isReboot: Bool, now: Double) throws
    /// It is dead at once, and keeps nothing that was not on its disks.
    func cutPower() async throws
    /// Removes what a dead one left behind.
    func endLeftovers() async throws
    func destroy() async throws

    var isAlive: Bool { get throws }
    /// Its first process as this machine numbers it; nil where it has no power.
    func firstProcess() -> ProcessIdentity?
    /// How it ended, where it did so by itself.
    func end() throws -> PowerEnd?

    /// Makes an attached volume appear inside, and disappear. Each may be done again.
    func show(_ disk: InstanceRecord.Disk) async throws
    func isShown(_ disk: InstanceRecord.Disk) -> Bool
    func hide(_ disk: InstanceRecord.Disk) async throws

    /// What runs `words` inside.
    func command(_ words: [String], isTerminal: Bool) throws -> NodeCommandLine
}

/// How an instance ended that was not told to.
enum PowerEnd: String, Codable, Sendable {
    /// Switched off from inside.
    case off
    /// Restarted from inside.
    case reboot
    /// Died.
    case lost
}

/// A program with arguments, and what it finds in its environment.
public struct NodeCommandLine: Sendable, Equatable {
    public var executable: String
    public var arguments: [String]
    public var environment: [String: String]

    init(_ words: [String], environment: [String: String]) {
        executable = words[0]
        arguments = Array(words.dropFirst())
        self.environment = environment
    }
}

extension Instance {
    var record: InstanceRecord { get throws { try site.store.read(site.id) } }

    /// The power is off, and EC2 is to say so.
    func markOff() async throws {
        try await site.processes.stop(InstanceSite.initName(site.id))
        try await endLeftovers()
        try site.store.change(site.id) { $0.power = .off }
    }

    func beginEnding(_ first: ProcessIdentity?, by signal: Int32, now: Double) throws {
        first?.signal(signal)
        try site.store.change(site.id) { $0.power = .ending(deadline: now + Self.endingSeconds) }
    }
}
