internal import Digests
internal import Hummingbird
internal import PanelAPI

/// Nodes that people have the panel empty and end.
struct DrainController: Sendable {
    static let idBytes = 12

    let settings: PanelSettings
    let drains: DrainRepository
    let nodes: NodeRepository
    let observer: DrainObserver
    let rolls: MemberRolls
    let worker: WakeUp
    let time: PanelTime

    /// Below `/v1/clusters`.
    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.get(":name/drains") { _, context in
            _ = try context.person(atLeast: .viewer)
            let cluster = try settings.cluster(try context.parameters.require("name"))
            return try JSONBody.response(try await drains.all(of: cluster.name).map(\.view))
        }
        group.get(":name/drain-plan") { request, context in
            _ = try context.person(atLeast: .operator)
            let cluster = try settings.cluster(try context.parameters.require("name"))
            guard let name = request.uri.queryParameters["node"] else {
                throw Refusal.badRequest("'node' names the node that is to go")
            }
            let node = try await node(String(name), of: cluster.name)
            return try JSONBody.response(try await plan(node))
        }
        group.post(":name/drains") { request, context in
            let person = try context.person(atLeast: .operator)
            let cluster = try settings.cluster(try context.parameters.require("name"))
            let order = try await JSONBody.decode(DrainOrder.self, from: request)
            let record = try await record(order, cluster.name, by: person.name)
            try await drains.insert(record)
            await worker.call()
            return try JSONBody.response(record.view, status: .accepted)
        }
        group.delete(":name/drains/:id") { _, context in
            let person = try context.person(atLeast: .operator)
            let cluster = try settings.cluster(try context.parameters.require("name"))
            let record = try await drains.cancel(
                try context.parameters.require("id"), of: cluster.name, by: person.name,
                reason: "asked for", now: time.now())
            await rolls.changed(cluster.name)
            await worker.call()
            return try JSONBody.response(record.view, status: .accepted)
        }
    }

    private func plan(_ node: NodeRecord) async throws -> DrainPlan {
        do { return DrainPlanner(input: try await observer.input(node)).plan() } catch {
            guard error is CloudError else { throw error }
            throw Refusal.cloud(error)
        }
    }

    private func node(_ name: String, of cluster: String) async throws -> NodeRecord {
        guard let node = try await nodes.members(of: cluster).first(where: { $0.name == name })
        else { throw Refusal.notFound("unknown-node", "'\(cluster)' has no node of this name") }
        return node
    }

    private func record(
        _ order: DrainOrder, _ cluster: String, by person: String
    ) async throws -> DrainRecord {
        let node = try await node(order.node, of: cluster)
        // A name may be a new instance's by now.
        guard order.confirm == node.instanceID else {
            throw Refusal.badRequest(
                "'confirm' is not the instance of '\(node.name)', '\(node.instanceID)'")
        }
        let now = time.now()
        return DrainRecord(
            id: "drain-\(Hex.encode(time.random(Self.idBytes)))", cluster: cluster,
            instanceID: node.instanceID, node: node.name, state: .checking,
            sentence: "whether '\(node.name)' may go is being found out", progressAt: now,
            requestedBy: person, reason: LaunchRecord.reason(order.reason), startedAt: now,
            changedAt: now)
    }
}
