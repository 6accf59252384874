internal import GRDB
internal import PanelAPI

/// An instance that enrolled.
struct NodeRecord: Codable, Sendable, Equatable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "nodes"

    var instanceID: String
    var cluster: String
    var name: String
    var role: String
    var address: String
    var hostname: String
    var zone: String
    /// EC2's id of the zone; nil where it says none.
    var zoneID: String?
    /// What EC2 said last: `running`, `stopped`, `terminated` …
    var cloudState: String
    /// The boot that the node spoke of last.
    var bootID: String?
    /// Of the last heartbeat of that boot.
    var sequence: Int
    var load1: Double?
    var loadIsHostWide: Bool
    var enrolledAt: Double
    /// Of any call with the node's token.
    var seenAt: Double
    var heartbeatAt: Double?
    /// Since when EC2's answers leave it out; nil while they name it.
    var missingSince: Double?
    /// Since when EC2 says that it does not run.
    var goneAt: Double?
    /// Since when EC2 says that it will never run again; frees its name.
    var retiredAt: Double?
    /// The state that was written down last, and since when; nil before the first look.
    var life: String?
    var lifeSince: Double?
    /// The state of its latest drain; nil where it never had one.
    var drain: DrainView.State?
    /// Of the boot whose report came last, and when it came; all nil before the first.
    var lastBootID: String?
    var lastBootOutcome: BootReport.Outcome?
    var lastBootSeconds: Double?
    var lastBootAt: Double?

    var member: Member {
        Member(
            name: name, role: role, address: address, hostname: hostname, zone: zone,
            zoneID: zoneID, isExcluded: drain?.isExcluding)
    }

    /// The report that came last, without its steps.
    var lastBoot: BootReport? {
        guard let lastBootID, let lastBootOutcome else { return nil }
        return BootReport(
            bootID: lastBootID, instanceID: instanceID, outcome: lastBootOutcome,
            seconds: lastBootSeconds ?? 0, steps: [])
    }

    /// What is remembered of an instance that comes back.
    mutating func takeLastBoot(of other: NodeRecord) {
        (lastBootID, lastBootOutcome) = (other.lastBootID, other.lastBootOutcome)
        (lastBootSeconds, lastBootAt) = (other.lastBootSeconds, other.lastBootAt)
    }
}

extension NodeRecord {
    /// The table's columns in their order, as the migrations made it.
    static let columns = [
        "instanceID", "cluster", "name", "role", "address", "hostname", "zone", "cloudState",
        "bootID", "sequence", "load1", "loadIsHostWide", "enrolledAt", "seenAt", "heartbeatAt",
        "missingSince", "goneAt", "retiredAt", "zoneID", "life", "lifeSince",
        "drain", "lastBootID", "lastBootOutcome", "lastBootSeconds", "lastBootAt",
    ]

    /// By the columns' places, which `*` or `nodes.*` begins with: rounds read ten thousand of
    /// these, and to look each column up by its name takes longer than all else.
    init(row: Row) {
        self.init(
            instanceID: row[0], cluster: row[1], name: row[2], role: row[3], address: row[4],
            hostname: row[5], zone: row[6], zoneID: row[18], cloudState: row[7], bootID: row[8],
            sequence: row[9], load1: row[10], loadIsHostWide: row[11], enrolledAt: row[12],
            seenAt: row[13], heartbeatAt: row[14], missingSince: row[15], goneAt: row[16],
            retiredAt: row[17], life: row[19], lifeSince: row[20],
            drain: (row[21] as String?).flatMap { DrainView.State(rawValue: $0) },
            lastBootID: row[22],
            lastBootOutcome: (row[23] as String?).flatMap { BootReport.Outcome(rawValue: $0) },
            lastBootSeconds: row[24], lastBootAt: row[25])
    }
}

extension NodeLife {
    /// Of the table of nodes, what `Signs` are read from.
    static let columns = """
        cloudState, bootID, seenAt, heartbeatAt, goneAt, drain, lastBootID, lastBootOutcome
        """
}

extension NodeLife.Signs {
    /// `columns`, of which the first is at `first`.
    init(_ row: Row, from first: Int) {
        self.init(
            cloudState: row[first], bootID: row[first + 1], seenAt: row[first + 2],
            heartbeatAt: row[first + 3], goneAt: row[first + 4],
            drain: (row[first + 5] as String?).flatMap { .init(rawValue: $0) })
        let outcome = (row[first + 7] as String?).flatMap { BootReport.Outcome(rawValue: $0) }
        if let id = row[first + 6] as String?, let outcome {
            lastBoot = NodeLife.Boot(id: id, outcome: outcome)
        }
    }
}
