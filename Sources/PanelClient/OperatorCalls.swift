public import PanelAPI

/// What an operator asks, with the operator's token.
extension PanelClient {
    /// The cluster as the panel sees it; the panel's own where none is named.
    public func clusterView(
        _ cluster: String? = nil, operatorToken: String
    ) async throws -> ClusterView {
        let path = "/v1/clusters" + (cluster.map { "/" + Self.segment($0) } ?? "")
        return try caller.decode(
            try await caller.call("GET", path, bearer: operatorToken), "GET \(path)")
    }
}
