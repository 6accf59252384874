internal import FoundationEssentials
public import Host

/// What a node keeps below `/var/lib/howdah`: the newest boot's state, and for each instance and
/// configuration what was done once. Keyed so, an image that was baked from a node that had booted
/// boots afresh.
public struct StateStore: Sendable {
    public static let directory = "/var/lib/howdah"
    static let statusPath = directory + "/status.json"
    static let agentPath = directory + "/agent.json"

    private let files: Files

    public init(files: Files) {
        self.files = files
    }

    /// Nil before the first boot.
    public func status() throws -> BootState? {
        try read(BootState.self, Self.statusPath)
    }

    /// Nil also where the newest boot is one before the machine's last start: it says nothing of
    /// how this one goes.
    public func status(ofBoot bootID: String) throws -> BootState? {
        try status().flatMap { $0.bootID == bootID ? $0 : nil }
    }

    public func keep(_ state: BootState) throws {
        try write(state, Self.statusPath)
        guard !state.instanceID.isEmpty, state.stage != .running else { return }
        try write(state, "\(Self.folder(state.instanceID))/\(state.configurationHash).json")
    }

    /// What the agent keeps of this boot. What cannot be read is as good as none: it is made again.
    public func agent(ofBoot bootID: String) throws -> AgentState {
        let state = (try? read(AgentState.self, Self.agentPath)) ?? nil
        return state.flatMap { $0.bootID == bootID ? $0 : nil } ?? AgentState(bootID: bootID)
    }

    func changeAgent(ofBoot bootID: String, _ change: (inout AgentState) -> Void) throws {
        var state = try agent(ofBoot: bootID)
        change(&state)
        try write(state, Self.agentPath)
    }

    /// What is known of an instance's daemons; nothing on another instance.
    func daemons(of instanceID: String) throws -> [DaemonRecord] {
        try read([DaemonRecord].self, Self.folder(instanceID) + "/daemons.json") ?? []
    }

    func keep(_ records: [DaemonRecord], of instanceID: String) throws {
        try write(records, Self.folder(instanceID) + "/daemons.json")
    }

    /// What is known of an instance's lists of members; nothing on another instance.
    func members(of instanceID: String) throws -> MemberRecord {
        try read(MemberRecord.self, Self.folder(instanceID) + "/members.json") ?? MemberRecord()
    }

    func keep(_ record: MemberRecord, of instanceID: String) throws {
        try write(record, Self.folder(instanceID) + "/members.json")
    }

    /// The latest runs of HDFS's balancer on an instance, the newest last; none on another.
    func balancers(of instanceID: String) throws -> [BalancerRecord] {
        try read([BalancerRecord].self, Self.folder(instanceID) + "/balancers.json") ?? []
    }

    func keep(_ records: [BalancerRecord], of instanceID: String) throws {
        try write(records, Self.folder(instanceID) + "/balancers.json")
    }

    /// What an instance made on its own disk for a mount.
    func instanceStore(
        of instanceID: String, at mount: String
    ) throws -> InstanceStoreRecord? {
        try read(InstanceStoreRecord.self, Self.disk(instanceID, mount))
    }

    func keep(_ record: InstanceStoreRecord, of instanceID: String, at mount: String) throws {
        try write(record, Self.disk(instanceID, mount))
    }

    /// A mount's name has no `+`.
    private static func disk(_ instanceID: String, _ mount: String) -> String {
        let name = mount.split(separator: "/").joined(separator: "+")
        return "\(folder(instanceID))/instance-store+\(name).json"
    }

    private static func folder(_ instanceID: String) -> String { "\(directory)/\(instanceID)" }

    private func read<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value? {
        guard let bytes = try files.readIfPresent(path) else { return nil }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw StateError(path: path)
        }
    }

    private func write(_ value: some Encodable, _ path: String) throws {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        try files.makeDirectory("/" + folder, mode: 0o755)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try files.write([UInt8](try encoder.encode(value)), to: path, mode: 0o644)
    }
}

/// A file of ours that is not what we write.
struct StateError: Error, CustomStringConvertible {
    let path: String

    var description: String {
        "'\(path)' is not what howdah-node writes; "
            + "move it away and run howdah-node boot: it is made again from what is found"
    }
}
