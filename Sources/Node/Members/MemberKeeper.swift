internal import AWS
internal import Cluster
internal import Digests
internal import Host
internal import PanelAPI

/// Keeps a role's lists of members, and tells the daemons that read them.
actor MemberKeeper {
    /// A node that the panel no longer names stays in a list of `include` for so long: a panel that
    /// was restored from a backup hears of its newest nodes again within minutes.
    static let grace = Duration.seconds(900)

    private struct List {
        var kind: MemberList
        var file: StackFile
    }

    private let world: NodeWorld
    private let plan: BootPlan
    private let bootID: String
    private let store: StateStore
    private let lists: [List]
    private let elapsed: @Sendable () -> Duration
    /// When a line was first seen that no member has.
    private var absentSince: [String: Duration] = [:]

    init(world: NodeWorld, plan: BootPlan) throws {
        self.world = world
        self.plan = plan
        bootID = try world.bootID()
        store = StateStore(files: world.paths.files)
        elapsed = Self.stopwatch(world.clock)
        lists = plan.memberFiles.map { List(kind: $0.list, file: $0.file) }
    }

    /// Writes those that are not right; says how many.
    func write(
        _ members: [Member], released: [Member] = [], _ expansion: Expansion
    ) throws -> Int {
        // This node is one of them: no answer without members is a good one.
        guard !lists.isEmpty, !members.isEmpty else { return 0 }
        let instanceID = plan.facts.instanceID
        var record = try store.members(of: instanceID)
        let decided = MemberLists(members, released: released)
        var changes = 0
        for list in lists {
            let path = try expansion.expand(list.file.path)
            let old = record.lists.contains(path) ? try Files().textIfPresent(path) : nil
            let spared = list.kind == .include ? spared(decided.foreign(in: old)) : []
            let text = decided.text(list.kind, over: old, spared: spared)
            changes += try write(text, list.file, path)
            if !record.lists.contains(path) { record.lists.append(path) }
        }
        if record != (try store.members(of: instanceID)) {
            try store.keep(record, of: instanceID)
        }
        return changes
    }

    private func write(_ text: String, _ file: StackFile, _ path: String) throws -> Int {
        try RoleFiles().write([
            RenderedFile(
                path: path, mode: UInt32(file.mode), owner: file.owner, group: file.group,
                content: .text(text))
        ]).changes
    }

    private func spared(_ foreign: [String]) -> Set<String> {
        let now = elapsed()
        absentSince = absentSince.filter { foreign.contains($0.key) }
        for line in foreign where absentSince[line] == nil { absentSince[line] = now }
        return Set(foreign.filter { now - (absentSince[$0] ?? now) < Self.grace })
    }

    /// Tells the daemons if they have not been told of the lists as they are now; says which.
    func tell(_ expansion: Expansion) async throws -> [String] {
        let daemons = plan.part.refreshed
        // Whoever is only being started reads them by itself, and cannot be told yet.
        guard !daemons.isEmpty, let boot = try store.status(ofBoot: bootID),
            boot.stage == .done || boot.stage == .degraded
        else { return [] }
        let instanceID = plan.facts.instanceID
        let digest = try digest(expansion)
        var record = try store.members(of: instanceID)
        guard record.bootID != bootID || record.told != digest else { return [] }
        try await refresh(daemons, expansion)
        record = try store.members(of: instanceID)
        (record.bootID, record.told) = (bootID, digest)
        try store.keep(record, of: instanceID)
        return daemons.map(\.name)
    }

    /// One that cannot be told holds up no other: all are told again, until none is left over.
    private func refresh(_ daemons: [DaemonSpec], _ expansion: Expansion) async throws {
        var failure: (any Error)?
        for daemon in daemons {
            try Task.checkCancellation()
            do {
                try await DaemonCommand(
                    name: "refresh-\(daemon.name)", words: daemon.refresh,
                    failure: "it was not told of the members"
                ).run(of: daemon, in: world, plan, expansion)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    /// Of the lists of which daemons must be told; racks are looked up when they are needed.
    private func digest(_ expansion: Expansion) throws -> String {
        var hasher = StreamHasher(.sha256)
        for list in lists where list.kind != .racks {
            let path = try expansion.expand(list.file.path)
            hasher.update(Array("\(path)\n".utf8))
            hasher.update(try Files().readIfPresent(path) ?? [])
        }
        return hasher.finish().hex
    }

    private static func stopwatch(_ clock: some Clock<Duration>) -> @Sendable () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }
}

extension BootPlan {
    /// The lists of members among the role's files.
    var memberFiles: [(list: MemberList, file: StackFile)] {
        part.files.compactMap { file in
            if case .members(let list) = file.content { (list, file) } else { nil }
        }
    }
}
