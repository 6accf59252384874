internal import Hummingbird
internal import PanelAPI

/// What a cluster would be made of, and what EC2 still has of it.
struct ClusterLifeController: Sendable {
    let settings: PanelSettings
    let nodes: NodeRepository
    let launches: LaunchRepository
    let volumes: VolumeLister
    let cloud: any Cloud

    /// Below `/v1/clusters`.
    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.get(":name/means") { _, context in
            _ = try context.person(atLeast: .viewer)
            return try JSONBody.response(
                means(of: try settings.cluster(try context.parameters.require("name"))))
        }
        group.get(":name/remains") { _, context in
            _ = try context.person(atLeast: .viewer)
            return try JSONBody.response(
                try await remains(
                    of: try settings.cluster(try context.parameters.require("name"))))
        }
    }

    private func means(of cluster: ClusterSettings) -> ClusterMeans {
        let templates = cluster.launch.sorted { $0.key < $1.key }.map { role, launch in
            ClusterMeans.Template(
                role: role, template: cluster.template(of: role), imageID: launch.imageID,
                instanceType: launch.instanceType, profile: launch.profile,
                securityGroupIDs: launch.securityGroupIDs, market: launch.market,
                pricePerHour: settings.instancePrices[launch.instanceType])
        }
        return ClusterMeans(
            cluster: cluster.name, templates: templates, maximumNodes: cluster.maximumNodes,
            volumePrices: settings.volumePrices)
    }

    private func remains(of cluster: ClusterSettings) async throws -> ClusterRemains {
        let found: [CloudInstance]
        do { found = try await cloud.instances(ofCluster: cluster.name) } catch {
            throw Refusal.cloud(error)
        }
        let known = try await nodes.current().filter { $0.cluster == cluster.name }
        let names = Dictionary(known.map { ($0.instanceID, $0.name) }) { first, _ in first }
        let instances = found.filter { $0.state != "terminated" }.map {
            ClusterRemains.Instance(id: $0.id, state: $0.state, node: names[$0.id])
        }.sorted { ($0.node ?? "~", $0.id) < ($1.node ?? "~", $1.id) }
        let open = try await launches.open().filter {
            $0.cluster == cluster.name && $0.state == .requested
        }
        return ClusterRemains(
            cluster: cluster.name, instances: instances,
            volumes: try await volumes.list(cluster), launches: open.map(\.id))
    }
}
