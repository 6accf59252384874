internal import HTTPTypes
internal import Hummingbird
internal import PanelAPI

/// Who is master, who else is there.
struct MembershipController: Sendable {
    let election: MasterElection
    let nodes: NodeRepository

    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.put("master") { _, context in
            try JSONBody.response(try await election.put(try context.node()))
        }
        group.get("master") { request, _ in
            let wait = try WaitParameter.seconds(of: request)
            let master = try await election.waiters.first(MasterElection.topic, within: wait) {
                try await election.masters.current()
            }
            guard let master else { return Response(status: .noContent) }
            return try JSONBody.response(master)
        }
        group.get("members") { _, _ in
            try JSONBody.response(try await nodes.members().map(\.member))
        }
    }
}

/// `?wait=SECONDS` of a long poll.
enum WaitParameter {
    static func seconds(of request: Request) throws -> Int {
        guard let text = request.uri.queryParameters["wait"] else { return 0 }
        guard let seconds = Int(text), seconds >= 0 else {
            throw Refusal.badRequest("'wait' is a number of seconds")
        }
        return min(seconds, Waiters.maximumSeconds)
    }
}
