internal import Hummingbird

/// What operators see.
struct ClusterController: Sendable {
    let viewer: ClusterViewer

    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.get { _, _ in try JSONBody.response(try await viewer.summaries()) }
        group.get(":name") { _, context in
            let name = try context.parameters.require("name")
            return JSONBody.response(bytes: try await viewer.json(of: name))
        }
    }
}
