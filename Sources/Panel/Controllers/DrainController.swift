internal import Hummingbird
internal import PanelAPI

/// Nodes that people have the panel empty and end.
struct DrainController: Sendable {
    let settings: PanelSettings
    let drains: DrainRepository

    /// Below `/v1/clusters`.
    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.get(":name/drains") { _, context in
            _ = try context.person(atLeast: .viewer)
            let cluster = try settings.cluster(try context.parameters.require("name"))
            return try JSONBody.response(try await drains.all(of: cluster.name).map(\.view))
        }
    }
}
