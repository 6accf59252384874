internal import HTTPTypes
internal import Hummingbird
internal import PanelAPI

/// Who is master, who else is there.
struct MembershipController: Sendable {
    static func topic(_ cluster: String) -> String { "members/\(cluster)" }

    let election: MasterElection
    let rolls: MemberRolls

    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.put("master") { _, context in
            try JSONBody.response(try await election.put(try context.node()))
        }
        group.get("master") { request, context in
            let cluster = try context.node().cluster
            let wait = try WaitParameter.seconds(of: request)
            let topic = MasterElection.topic(cluster)
            let master = try await election.waiters.first(topic, within: wait) {
                try await election.masters.current(of: cluster)
            }
            guard let master else { return Response(status: .noContent) }
            return try JSONBody.response(master)
        }
        group.get("members") { _, context in
            let cluster = try context.node().cluster
            return JSONBody.response(bytes: try await rolls.roll(of: cluster).members)
        }
        group.get("roll") { request, context in
            let cluster = try context.node().cluster
            let wait = try WaitParameter.seconds(of: request)
            let known = request.uri.queryParameters["unlike"].map { String($0) }
            let roll = try await election.waiters.first(Self.topic(cluster), within: wait) {
                let roll = try await rolls.roll(of: cluster)
                return roll.revision == known ? nil : roll
            }
            guard let roll else { return Response(status: .noContent) }
            return JSONBody.response(bytes: roll.whole)
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
