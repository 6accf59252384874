internal import GRDB
internal import Logging
internal import PanelAPI
internal import ServiceLifecycle

/// Writes down each change in a node's life, with its cause and time.
struct LifeKeeper: Service {
    let settings: PanelSettings
    let database: PanelDatabase
    let time: PanelTime
    let logger: Logger
    let interval: Duration

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.round()
                try await self.time.sleep(self.interval)
            }
        }
    }

    func round() async {
        do { try await look() } catch {
            guard !Task.isCancelled else { return }
            logger.warning("cannot follow the nodes' lives", metadata: ["error": "\(error)"])
        }
    }

    /// Of a node what it takes to follow its life.
    private struct Known {
        var instanceID: String
        var name: String
        var cluster: String
        /// The state that was written down last.
        var state: String?
        var signs: NodeLife.Signs
    }

    /// Reads first: nothing is written while no life changes.
    private func look() async throws {
        let now = time.now()
        let known = try await database.read(Self.known)
        let clusters = Dictionary(settings.clusters.map { ($0.name, $0) }) { $1 }
        let changes = known.compactMap { node -> (Known, NodeLife)? in
            guard let cluster = clusters[node.cluster] else { return nil }
            let life = NodeLife(of: node.signs, in: cluster, now: now)
            return life.state.rawValue == node.state ? nil : (node, life)
        }
        guard !changes.isEmpty else { return }
        try await database.write { database in
            for (node, life) in changes { try Self.keep(life, of: node, now: now, in: database) }
        }
    }

    private static func keep(
        _ life: NodeLife, of node: Known, now: Double, in database: Database
    ) throws {
        try database.execute(
            sql: "UPDATE nodes SET life = ?, lifeSince = ? WHERE instanceID = ?",
            arguments: [life.state.rawValue, now, node.instanceID])
        let before = node.state.map { "\($0) -> " } ?? ""
        try AuditLog.add(
            .init(
                actor: "panel", action: "life", subject: node.name,
                detail: "\(node.instanceID): \(before)\(life.state.rawValue): \(life.cause)"),
            at: now, in: database)
    }

    /// Nodes whose life goes on, and those that went since the last look.
    private static func known(in database: Database) throws -> [Known] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT instanceID, name, cluster, life, \(NodeLife.columns) FROM nodes
                WHERE retiredAt IS NULL OR life IS NOT 'gone'
                """)
        var known: [Known] = []
        while let row = try rows.next() {
            known.append(
                Known(
                    instanceID: row[0], name: row[1], cluster: row[2], state: row[3],
                    signs: .init(row, from: 4)))
        }
        return known
    }
}
