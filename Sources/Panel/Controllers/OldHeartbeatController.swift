internal import Hummingbird
internal import PanelAPI

/// `GET /heartbeat?ip=ADDRESS&master=0|1`: answered by the master's address, if there is one.
struct OldHeartbeatController: Sendable {
    let heartbeats: OldHeartbeats

    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.get { request, context in
            guard heartbeats.settings.takesOldHeartbeats else {
                throw Refusal.notFound(
                    "no-old-heartbeats", "no cluster of this panel has 'wget-heartbeats'")
            }
            let query = request.uri.queryParameters
            guard let address = query["ip"].map({ String($0) }), let flag = query["master"],
                let isMaster = Self.flags[flag.lowercased()]
            else {
                throw Refusal.badRequest("a heartbeat is '?ip=ADDRESS&master=0', or '=1'")
            }
            let master = try await heartbeats.hear(
                address: address, isMaster: isMaster, from: context.address)
            return PageController.response(
                master.map { "\($0.address)\n" } ?? "", "text/plain; charset=utf-8")
        }
    }

    private static let flags = ["0": false, "false": false, "1": true, "true": true]
}
