internal import Hummingbird
internal import PanelAPI

/// `GET /v1/clusters/NAME/decisions`: why a cluster grew, or did not.
struct DecisionController: Sendable {
    static let counts = 1...1000

    let settings: PanelSettings
    let decisions: DecisionRepository
    let time: PanelTime

    /// Below `/v1/clusters`.
    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.get(":name/decisions") { request, context in
            _ = try context.person(atLeast: .viewer)
            let cluster = try settings.cluster(try context.parameters.require("name"))
            let query = request.uri.queryParameters
            let limit = query["limit"].map { Int($0) ?? 0 } ?? 1
            guard Self.counts.contains(limit) else {
                throw Refusal.badRequest("'limit' is from 1 to \(Self.counts.upperBound)")
            }
            let at = query["at"].map { Double($0) ?? .nan } ?? time.now()
            guard at.isFinite else {
                throw Refusal.badRequest("'at' is a time in seconds since 1970")
            }
            return try JSONBody.response(
                try await decisions.decisions(of: cluster.name, until: at, limit: limit))
        }
    }
}
