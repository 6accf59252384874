internal import GRDB
internal import PanelAPI

/// Of a node what a page of thousands of them shows.
struct NodeGlance: Sendable, Equatable {
    var instanceID: String
    var name: String
    var role: String
    var address: String
    var state: NodeView.State
    /// Why it is in that state.
    var cause: String
    var silentSeconds: Double?
    var load1: Double?
    var loadIsHostWide: Bool
    var bootOutcome: BootReport.Outcome?

    /// Of a cluster, in the order of `Views.order`: one question for all of them.
    static func all(
        of cluster: ClusterSettings, now: Double, in database: Database
    ) throws -> [NodeGlance] {
        let rows = try Row.fetchCursor(
            database, sql: query,
            arguments: [cluster.name, now - Views.goneInSightSeconds])
        var glances: [(NodeGlance, Order)] = []
        while let row = try rows.next() {
            let glance = read(row, cluster, now: now)
            glances.append((glance, Order(glance)))
        }
        return glances.sorted { $0.1 < $1.1 }.map(\.0)
    }

    /// The outcome of the last boot and its id in one word, from the index alone.
    private static let query = """
        SELECT instanceID, name, role, address, cloudState, bootID, load1, loadIsHostWide, seenAt,
            heartbeatAt, goneAt, (
                SELECT outcome || ' ' || bootID FROM boots
                WHERE boots.instanceID = nodes.instanceID
                ORDER BY receivedAt DESC, bootID DESC LIMIT 1), drain
        FROM nodes WHERE cluster = ? AND (retiredAt IS NULL OR retiredAt >= ?)
        """

    private static func read(_ row: Row, _ cluster: ClusterSettings, now: Double) -> NodeGlance {
        let signs = NodeLife.Signs(
            cloudState: row[4], bootID: row[5], seenAt: row[8], heartbeatAt: row[9],
            goneAt: row[10], drain: (row[12] as String?).flatMap { .init(rawValue: $0) })
        let words = (row[11] as String?)?.split(separator: " ", maxSplits: 1)
        let boot = words.flatMap { words in
            BootReport.Outcome(rawValue: String(words[0])).map {
                NodeLife.Boot(id: words.count == 2 ? String(words[1]) : "", outcome: $0)
            }
        }
        let life = NodeLife(of: signs, lastBoot: boot, in: cluster, now: now)
        return NodeGlance(
            instanceID: row[0], name: row[1], role: row[2], address: row[3], state: life.state,
            cause: life.cause, silentSeconds: signs.heartbeatAt.map { max(0, now - $0) },
            load1: row[6], loadIsHostWide: row[7], bootOutcome: boot?.outcome)
    }

    /// Masters first, then by name, numbers by their value.
    struct Order: Comparable {
        let key: (Int, String, Int, String)

        init(_ node: NodeGlance) {
            let digits = node.name.utf8.reversed().prefix { (0x30...0x39).contains($0) }.count
            key = (
                node.role == MasterElection.role ? 0 : 1, String(node.name.dropLast(digits)),
                Int(node.name.suffix(digits)) ?? 0, node.instanceID
            )
        }

        static func == (first: Order, second: Order) -> Bool { first.key == second.key }
        static func < (first: Order, second: Order) -> Bool { first.key < second.key }
    }
}

extension [NodeGlance] {
    /// The mean load of a role's nodes that were heard; nil where none was.
    func meanLoad(of role: String, heardWithin seconds: Double) -> Double? {
        let loads = filter { $0.role == role && $0.state != .gone }.compactMap { node in
            (node.silentSeconds ?? .infinity) <= seconds ? node.load1 : nil
        }
        return loads.isEmpty ? nil : loads.reduce(0, +) / Double(loads.count)
    }
}
