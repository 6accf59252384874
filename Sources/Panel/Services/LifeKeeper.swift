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

    private struct Known {
        var node: NodeRecord
        var boot: NodeLife.Boot?
    }

    /// Reads first: nothing is written while no life changes.
    private func look() async throws {
        let now = time.now()
        let known = try await database.read(Self.known)
        let clusters = Dictionary(settings.clusters.map { ($0.name, $0) }) { $1 }
        let changes = known.compactMap { known -> (NodeRecord, NodeLife)? in
            guard let cluster = clusters[known.node.cluster] else { return nil }
            let life = NodeLife(of: known.node, lastBoot: known.boot, in: cluster, now: now)
            return life.state.rawValue == known.node.life ? nil : (known.node, life)
        }
        guard !changes.isEmpty else { return }
        try await database.write { database in
            for (node, life) in changes { try Self.keep(life, of: node, now: now, in: database) }
        }
    }

    private static func keep(
        _ life: NodeLife, of node: NodeRecord, now: Double, in database: Database
    ) throws {
        try database.execute(
            sql: "UPDATE nodes SET life = ?, lifeSince = ? WHERE instanceID = ?",
            arguments: [life.state.rawValue, now, node.instanceID])
        let before = node.life.map { "\($0) -> " } ?? ""
        try AuditLog.add(
            .init(
                actor: "panel", action: "life", subject: node.name,
                detail: "\(node.instanceID): \(before)\(life.state.rawValue): \(life.cause)"),
            at: now, in: database)
    }

    /// Nodes whose life goes on, and those that went since the last look.
    private static func known(in database: Database) throws -> [Known] {
        let last = try ReportRepository.lastBoots(in: database)
        return try NodeRecord.fetchAll(
            database, sql: "SELECT * FROM nodes WHERE retiredAt IS NULL OR life IS NOT 'gone'"
        ).map { Known(node: $0, boot: last[$0.instanceID]?.boot) }
    }
}
