internal import Digests
internal import FoundationEssentials
internal import NIOCore
internal import PanelAPI

/// The members of each cluster as JSON, made once for all who ask: ten thousand nodes that learn of
/// each other cost what one does.
actor MemberRolls {
    struct Roll: Sendable {
        /// Names this state of the members; another one is another state.
        var revision: String
        var count: Int
        /// A `MemberRoll`, and the list of `Member` in it, in the same memory.
        var whole: ByteBuffer
        var members: ByteBuffer
    }

    /// After it made a roll it rests this many times as long: others have work for the processor.
    static let restFactor = 4
    /// Below this many members each change is told at once; above, all those of so many
    /// milliseconds together, since telling ten thousand takes seconds.
    static let fewMembers = 200
    static let millisecondsPerMember = 0.5

    /// Nodes that went are told of for a day: a roll is made anew after a minute.
    static let maximumAgeSeconds = 60.0

    private struct Known {
        var member: Member
        var json: [UInt8]
    }

    private struct Made {
        /// Of `MemberChanges`: the roll has all changes up to it.
        var version: UInt64
        var at: Double
        var roll: Roll
    }

    nonisolated let changes: MemberChanges
    private let nodes: NodeRepository
    private let waiters: Waiters
    private let time: PanelTime
    private var made: [String: Made] = [:]
    private var making: [String: Task<Void, any Error>] = [:]
    /// When the next may be made.
    private var rests: [String: ContinuousClock.Instant] = [:]
    private var known: [String: [String: Known]] = [:]
    /// Clusters whose waiters are to be told in a while.
    private var isDue: Set<String> = []

    init(nodes: NodeRepository, waiters: Waiters, time: PanelTime) {
        self.nodes = nodes
        self.waiters = waiters
        self.time = time
        changes = MemberChanges(nodes.database)
    }

    /// With every change that was committed before the call.
    func roll(of cluster: String) async throws -> Roll {
        let version = changes.version
        let now = time.now()
        while true {
            if let made = made[cluster], made.version >= version,
                abs(now - made.at) <= Self.maximumAgeSeconds
            {
                return made.roll
            }
            try await (making[cluster] ?? begin(cluster)).value
        }
    }

    /// Tells those who wait for another roll.
    func changed(_ cluster: String) async {
        let count = made[cluster]?.roll.count ?? 0
        guard count > Self.fewMembers else {
            return await waiters.changed(MembershipController.topic(cluster))
        }
        guard isDue.insert(cluster).inserted else { return }
        Task {
            try? await time.sleep(.milliseconds(Double(count) * Self.millisecondsPerMember))
            isDue.remove(cluster)
            await waiters.changed(MembershipController.topic(cluster))
        }
    }

    private func begin(_ cluster: String) -> Task<Void, any Error> {
        let task = Task {
            defer { making[cluster] = nil }
            if let rest = rests[cluster], rest > .now { try await time.sleep(rest - .now) }
            let start = ContinuousClock.now
            try await make(cluster)
            rests[cluster] = .now + (.now - start) * Self.restFactor
        }
        making[cluster] = task
        return task
    }

    private func make(_ cluster: String) async throws {
        let (version, now) = (changes.version, time.now())
        let lists = try await nodes.lists(of: cluster, now: now)
        made[cluster] = Made(
            version: version, at: now,
            roll: try roll(of: lists.members, released: lists.released, in: cluster))
    }

    /// Of ten thousand members nearly all are as they were.
    private func roll(
        of members: [Member], released: [Member], in cluster: String
    ) throws -> Roll {
        var before = known.removeValue(forKey: cluster) ?? [:]
        var now: [String: Known] = [:]
        now.reserveCapacity(members.count)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let start = #"{"members":"#
        var bytes = Array("\(start)[".utf8)
        for (index, member) in members.enumerated() {
            var entry = before.removeValue(forKey: member.name)
            if entry?.member != member { entry = nil }
            let kept = try entry ?? Known(member: member, json: [UInt8](encoder.encode(member)))
            now[member.name] = kept
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += kept.json
        }
        known[cluster] = now
        bytes.append(UInt8(ascii: "]"))
        let length = bytes.count - start.utf8.count
        if !released.isEmpty {
            bytes += Array(#","released":"#.utf8) + [UInt8](try encoder.encode(released))
        }
        let revision = Digest.of(bytes).hex
        bytes += Array(#","revision":"\#(revision)"}"#.utf8)
        let whole = ByteBuffer(bytes: bytes)
        let list = whole.getSlice(at: start.utf8.count, length: length) ?? ByteBuffer()
        return Roll(revision: revision, count: members.count, whole: whole, members: list)
    }
}
