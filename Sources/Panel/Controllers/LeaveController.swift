internal import Hummingbird
internal import PanelAPI

/// Leaves for what is done once in a cluster's life.
struct LeaveController: Sendable {
    let leaves: LeaveRepository
    let masters: MasterRepository
    let time: PanelTime

    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.post(":name") { _, context in
            let (node, name) = try await holder(context)
            return try JSONBody.response(
                try await leaves.ask(name, by: node, now: time.now()))
        }
        group.post(":name/done") { _, context in
            let (node, name) = try await holder(context)
            return try JSONBody.response(
                try await leaves.done(name, by: node, now: time.now()))
        }
    }

    /// The cluster's master, which is one instance; the role alone is not enough.
    private func holder(_ context: PanelContext) async throws -> (NodeRecord, String) {
        let (node, name) = (try context.node(), try context.parameters.require("name"))
        guard name == LeaveRepository.namenodeFormat else {
            throw Refusal.notFound(
                "unknown-leave", "there is no leave of this name; 'namenode-format' is one")
        }
        guard node.role == MasterElection.role else {
            throw Refusal.role("'\(node.name)' has the role '\(node.role)', not 'master'")
        }
        guard try await masters.record(of: node.cluster)?.instanceID == node.instanceID else {
            throw Refusal.conflict("not-master", "'\(node.name)' is not the cluster's master")
        }
        return (node, name)
    }
}
