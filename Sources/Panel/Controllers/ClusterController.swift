internal import Hummingbird

/// What operators see.
struct ClusterController: Sendable {
    let viewer: ClusterViewer

    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.get { _, _ in try JSONBody.response(try await viewer.view()) }
        group.get(":name") { _, context in
            let name = try context.parameters.require("name")
            guard name == viewer.settings.cluster else {
                throw Refusal.notFound(
                    "unknown-cluster", "this panel serves '\(viewer.settings.cluster)'")
            }
            return try JSONBody.response(try await viewer.view())
        }
    }
}
