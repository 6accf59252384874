internal import FoundationEssentials
internal import GRDB
internal import PanelAPI

/// The instances that enrolled.
struct NodeRepository: Sendable {
    /// Names tried before giving up: more nodes than one panel keeps.
    static let maximumNodes = 20_000

    /// What an enrolment that was proven says.
    struct Arrival: Sendable {
        var cluster: String
        var node: NodeAddress
        /// EC2's private DNS name; the node's name in the cluster stands in where there is none.
        var hostname: String?
        /// Where EC2 says that it runs.
        var zone: String
        var zoneID: String?
        var role: String
        /// The instance's `Name` tag.
        var preferredName: String?
        var cloudState: String
        var bootID: String?
    }

    let database: PanelDatabase
    private let numbers = FreeNumbers()

    init(database: PanelDatabase) { self.database = database }

    /// Enters an instance, or brings its record up to date; its name stays what it was.
    func enter(
        _ arrival: Arrival, now: Double, in database: Database
    ) throws -> NodeRecord {
        let known = try NodeRecord.fetchOne(database, key: arrival.node.instanceID)
        if let known, known.retiredAt == nil, known.cluster != arrival.cluster {
            throw Refusal.identity(
                "'\(known.instanceID)' belongs to '\(known.cluster)' and stays there for its "
                    + "life; launch another instance for '\(arrival.cluster)'")
        }
        var record =
            if let known, known.retiredAt == nil { known } else {
                try fresh(arrival, now: now, in: database)
            }
        if let known { record.takeLastBoot(of: known) }
        record.role = arrival.role
        record.address = arrival.node.address
        record.hostname = arrival.hostname ?? record.name
        record.zone = arrival.zone
        record.zoneID = arrival.zoneID
        record.cloudState = arrival.cloudState
        record.missingSince = nil
        record.goneAt = nil
        record.enrolledAt = now
        record.seenAt = now
        if let bootID = arrival.bootID, bootID != record.bootID {
            record.bootID = bootID
            record.sequence = 0
        }
        try record.upsert(database)
        return record
    }

    private func fresh(
        _ arrival: Arrival, now: Double, in database: Database
    ) throws -> NodeRecord {
        let name = try freeName(for: arrival, in: database)
        return NodeRecord(
            instanceID: arrival.node.instanceID, cluster: arrival.cluster, name: name,
            role: arrival.role,
            address: arrival.node.address, hostname: arrival.hostname ?? name,
            zone: arrival.zone, cloudState: arrival.cloudState, bootID: nil,
            sequence: 0, load1: nil, loadIsHostWide: false, enrolledAt: now, seenAt: now,
            heartbeatAt: nil, goneAt: nil, retiredAt: nil)
    }

    private func freeName(for arrival: Arrival, in database: Database) throws -> String {
        let find = try database.cachedStatement(
            sql: "SELECT 1 FROM nodes WHERE cluster = ? AND name = ? AND retiredAt IS NULL")
        let series = "\(arrival.cluster)/\(arrival.role)"
        let (name, number) = try NodeName.choose(
            role: arrival.role, preferred: arrival.preferredName, from: numbers.first(in: series)
        ) { try Int.fetchOne(find, arguments: [arrival.cluster, $0]) != nil }
        if let number { numbers.take(number, in: series) }
        return name
    }

    func node(_ instanceID: String) async throws -> NodeRecord? {
        try await database.read { try NodeRecord.fetchOne($0, key: instanceID) }
    }

    /// By instance: every node that a volume was ever made for.
    func withVolumes() async throws -> [String: NodeRecord] {
        let nodes = try await database.read { database in
            try NodeRecord.fetchAll(
                database,
                sql: """
                    SELECT * FROM nodes WHERE instanceID IN (
                        SELECT instanceID FROM claims WHERE volumeID IS NOT NULL)
                    """)
        }
        return Dictionary(nodes.map { ($0.instanceID, $0) }) { $1 }
    }

    /// The node that runs at an address.
    func node(at address: String) async throws -> NodeRecord? {
        try await database.read { database in
            try NodeRecord.fetchOne(
                database,
                sql: """
                    SELECT * FROM nodes
                    WHERE address = ? AND goneAt IS NULL AND retiredAt IS NULL
                    """, arguments: [address])
        }
    }

    /// Notes a heartbeat that tells nothing but that it came.
    func heard(_ instanceID: String, now: Double) async throws {
        try await database.write { database in
            try database.execute(
                sql: "UPDATE nodes SET seenAt = ?1, heartbeatAt = ?1 WHERE instanceID = ?2",
                arguments: [now, instanceID])
        }
    }

    /// Every node of a cluster that may still run, in the order of their names.
    func members(of cluster: String) async throws -> [NodeRecord] {
        try await database.read { database in
            try NodeRecord.fetchAll(
                database,
                sql: """
                    SELECT * FROM nodes
                    WHERE cluster = ? AND retiredAt IS NULL AND goneAt IS NULL ORDER BY name
                    """, arguments: [cluster])
        }
    }

    /// The members, and the nodes that no list of the excluded is to have any more.
    func lists(
        of cluster: String, now: Double
    ) async throws -> (members: [Member], released: [Member]) {
        var members = try await members(of: cluster).map(\.member)
        let departed = try await database.read {
            try DrainRepository.departed(from: cluster, now: now, in: $0)
        }
        // Whoever has the name or address of one that went is not excluded for that.
        let names = Set(departed.flatMap { [$0.node.name, $0.node.address] })
        for index in members.indices where members[index].isExcluded == nil {
            guard names.contains(members[index].name) || names.contains(members[index].address)
            else { continue }
            members[index].isExcluded = false
        }
        return (members, departed.filter(\.isReleased).map(\.node.member))
    }

    /// Every node, of all clusters, that EC2 has not let go of for good.
    func current() async throws -> [NodeRecord] {
        try await database.read { database in
            try NodeRecord.fetchAll(
                database, sql: "SELECT * FROM nodes WHERE retiredAt IS NULL")
        }
    }

    /// What the page shows: the nodes of now and those that went lately.
    func visible(in cluster: String, goneSince: Double) async throws -> [NodeRecord] {
        try await database.read { database in
            try NodeRecord.fetchAll(
                database,
                sql: """
                    SELECT * FROM nodes WHERE cluster = ?
                    AND (retiredAt IS NULL OR retiredAt >= ?)
                    """,
                arguments: [cluster, goneSince])
        }
    }

    /// Those that are missing are missing since now, as far as is known.
    func startMissingAnew(now: Double) async throws {
        guard try await current().contains(where: { $0.missingSince != nil }) else { return }
        try await database.write { database in
            try database.execute(
                sql: "UPDATE nodes SET missingSince = ? WHERE missingSince IS NOT NULL",
                arguments: [now])
        }
    }

    /// Notes that an answer of EC2 named the instance, or left it out. True if it has been left out
    /// for so long that EC2 has forgotten it.
    func noteMissing(_ isMissing: Bool, _ instanceID: String, now: Double) async throws -> Bool {
        let known = try await node(instanceID)?.missingSince
        if isMissing == (known != nil) {
            return known.map { now - $0 >= CloudState.forgottenAfterSeconds } ?? false
        }
        try await database.write { database in
            try database.execute(
                sql: "UPDATE nodes SET missingSince = ? WHERE instanceID = ?",
                arguments: [isMissing ? now : nil, instanceID])
        }
        return false
    }

    /// Notes what EC2 says of an instance. True if that is news.
    func setCloudState(
        _ state: String, of instanceID: String, now: Double
    ) async throws -> Bool {
        try await database.write { database in
            guard var record = try NodeRecord.fetchOne(database, key: instanceID),
                record.retiredAt == nil, record.cloudState != state
            else { return false }
            let before = record.cloudState
            record.cloudState = state
            record.goneAt = CloudState.isGone(state) ? record.goneAt ?? now : nil
            record.retiredAt = CloudState.isFinal(state) ? now : nil
            // Its name is free from now on, or from the next look at what is.
            if record.retiredAt != nil { numbers.forget() }
            try record.update(database)
            if CloudState.isGone(state) {
                try database.execute(
                    sql: "DELETE FROM tokens WHERE instanceID = ?", arguments: [instanceID])
            }
            try AuditLog.add(
                .init(
                    actor: "ec2", action: "instance-state", subject: record.name,
                    detail: "\(instanceID): \(before) -> \(state)"),
                at: now, in: database)
            return true
        }
    }
}
