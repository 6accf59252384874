public import PanelAPI

/// Nodes that are emptied and ended, with a person's token.
extension PanelClient {
    /// The latest drains, the newest first.
    public func drains(in cluster: String, operatorToken: String) async throws -> [DrainView] {
        let path = "/v1/clusters/\(Self.segment(cluster))/drains"
        return try caller.decode(
            try await caller.call("GET", path, bearer: operatorToken), "GET \(path)")
    }

    /// Whether a node may go; nothing is done.
    public func drainPlan(
        of node: String, in cluster: String, operatorToken: String
    ) async throws -> DrainPlan {
        let path = "/v1/clusters/\(Self.segment(cluster))/drain-plan?node=\(Self.segment(node))"
        // All files of HDFS are looked through.
        return try caller.decode(
            try await caller.call(
                "GET", path, bearer: operatorToken, limit: .seconds(1800)), "GET \(path)")
    }

    /// Has the panel empty a node and then end its instance.
    public func drain(
        _ order: DrainOrder, in cluster: String, operatorToken: String
    ) async throws -> DrainView {
        let path = "/v1/clusters/\(Self.segment(cluster))/drains"
        return try caller.decode(
            try await caller.call(
                "POST", path, bearer: operatorToken, body: try caller.encode(order),
                resend: .never), "POST \(path)")
    }

    /// Takes a node back that is being emptied.
    public func cancelDrain(
        _ id: String, in cluster: String, operatorToken: String
    ) async throws -> DrainView {
        let path = "/v1/clusters/\(Self.segment(cluster))/drains/\(Self.segment(id))"
        return try caller.decode(
            try await caller.call("DELETE", path, bearer: operatorToken, resend: .never),
            "DELETE \(path)")
    }
}
