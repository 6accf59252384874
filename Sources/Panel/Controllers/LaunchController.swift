internal import Hummingbird
internal import PanelAPI

/// Instances that people have the panel start and end, and what was done to a cluster.
struct LaunchController: Sendable {
    let settings: PanelSettings
    let launches: LaunchRepository
    let nodes: NodeRepository
    let viewer: ClusterViewer
    let cloud: any Cloud
    let worker: WakeUp
    let time: PanelTime

    /// Below `/v1/clusters`.
    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.get(":name/launches") { _, context in
            _ = try context.person(atLeast: .viewer)
            let cluster = try settings.cluster(try context.parameters.require("name"))
            return try JSONBody.response(try await launches.all(of: cluster.name).map(\.launch))
        }
        group.post(":name/launches") { request, context in
            let person = try context.person(atLeast: .operator)
            let cluster = try settings.cluster(try context.parameters.require("name"))
            let order = try await JSONBody.decode(LaunchOrder.self, from: request)
            let records = try LaunchRecord.make(
                order, in: cluster, by: person.name, time: time)
            try await launches.insert(records, limit: cluster.maximumNodes)
            await worker.call()
            return try JSONBody.response(records.map(\.launch), status: .accepted)
        }
        group.post(":name/nodes/:node/terminate") { request, context in
            let person = try context.person(atLeast: .admin)
            let name = try context.parameters.require("name")
            let order = try await JSONBody.decode(TerminationOrder.self, from: request)
            let record = try await termination(
                order, of: try context.parameters.require("node"), in: name, by: person.name)
            let kept = try await launches.terminate(record)
            await worker.call()
            return try JSONBody.response(kept.termination, status: .accepted)
        }
    }

    private func termination(
        _ order: TerminationOrder, of name: String, in cluster: String, by person: String
    ) async throws -> TerminationRecord {
        let instances = try await instances(of: name, in: cluster)
        guard !instances.isEmpty else {
            throw Refusal.notFound(
                "unknown-node", "'\(cluster)' has no node of this name, and no launch of this id")
        }
        // A name may be a new instance's by now.
        guard instances.contains(order.confirm) else {
            let ids = instances.joined(separator: "', '")
            throw Refusal.badRequest("'confirm' is not the instance of '\(name)', '\(ids)'")
        }
        return TerminationRecord(
            instanceID: order.confirm, cluster: cluster, node: name, requestedBy: person,
            reason: LaunchRecord.reason(order.reason), requestedAt: time.now())
    }

    /// By a node's name, or for an instance that never enrolled by its launch's id or its own.
    private func instances(of name: String, in cluster: String) async throws -> [String] {
        let nodes = try await viewer.outline(of: cluster).nodes.filter { $0.name == name }
        guard nodes.isEmpty else { return nodes.map(\.instanceID) }
        if let launch = try await launches.launch(name), launch.cluster == cluster {
            return [launch.instanceID].compactMap(\.self)
        }
        do {
            let found = try await cloud.instances(name.hasPrefix("i-") ? [name] : [])
            return found.filter { $0.tags[Enroller.clusterTag] == cluster }.map(\.id)
        } catch { throw Refusal.cloud(error) }
    }
}
