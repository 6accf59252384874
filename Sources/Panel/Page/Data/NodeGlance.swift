internal import GRDB
internal import PanelAPI

/// Of a node what a page of thousands of them shows.
struct NodeGlance: Sendable, Equatable {
    var instanceID: String
    var name: String
    var role: String
    var address: String
    var state: NodeView.State
    /// Why it is in that state, of a node that failed or is down; else empty.
    var cause: String
    var silentSeconds: Double?
    var load1: Double?
    var loadIsHostWide: Bool
    var bootOutcome: BootReport.Outcome?

    /// Of a cluster, in the order of `NodeOrder`: one question for all of them.
    static func all(
        of cluster: ClusterSettings, now: Double, in database: Database
    ) throws -> [NodeGlance] {
        let rows = try Row.fetchCursor(
            database, sql: query,
            arguments: [cluster.name, now - Views.goneInSightSeconds])
        var glances: [NodeGlance] = []
        while let row = try rows.next() { glances.append(read(row, cluster, now: now)) }
        return NodeOrder.sorted(glances) {
            NodeOrder(name: $0.name, role: $0.role, instanceID: $0.instanceID)
        }
    }

    private static let query = """
        SELECT instanceID, name, role, address, load1, loadIsHostWide, \(NodeLife.columns)
        FROM nodes WHERE cluster = ? AND (retiredAt IS NULL OR retiredAt >= ?)
        """

    private static func read(_ row: Row, _ cluster: ClusterSettings, now: Double) -> NodeGlance {
        let signs = NodeLife.Signs(row, from: 6)
        let life = NodeLife(of: signs, in: cluster, now: now)
        let isIll = life.state == .failed || life.state == .down
        return NodeGlance(
            instanceID: row[0], name: row[1], role: row[2], address: row[3], state: life.state,
            cause: isIll ? life.cause : "",
            silentSeconds: signs.heartbeatAt.map { max(0, now - $0) }, load1: row[4],
            loadIsHostWide: row[5], bootOutcome: signs.lastBoot?.outcome)
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
