internal import Digests
internal import PanelAPI

extension LaunchRecord {
    static let idBytes = 12
    /// In one order.
    static let counts = 1...100
    static let maximumReasonLength = 300

    /// A record for each instance of an order, the subnets in turn.
    static func make(
        _ order: LaunchOrder, in cluster: ClusterSettings, by person: String, time: PanelTime
    ) throws(Refusal) -> [LaunchRecord] {
        guard let launch = cluster.launch[order.role] else {
            let known = cluster.launch.keys.sorted().joined(separator: ", ")
            throw Refusal.badRequest(
                "panel.yaml does not say how '\(order.role.prefix(64))' is launched in "
                    + "'\(cluster.name)'; it does for: \(known.isEmpty ? "none" : known)")
        }
        guard counts.contains(order.count) else {
            throw Refusal.badRequest("'count' is from 1 to \(counts.upperBound)")
        }
        let now = time.now()
        return (0..<order.count).map { index in
            LaunchRecord(
                id: "launch-\(Hex.encode(time.random(idBytes)))", cluster: cluster.name,
                role: order.role, market: order.market ?? launch.market,
                subnetID: launch.subnetIDs.isEmpty
                    ? nil : launch.subnetIDs[index % launch.subnetIDs.count],
                state: .requested, requestedBy: person, reason: reason(order.reason),
                requestedAt: now, stateAt: now)
        }
    }

    static func reason(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "no reason given" }
        return String(text.prefix(maximumReasonLength))
    }
}
