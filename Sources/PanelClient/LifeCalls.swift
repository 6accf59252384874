public import PanelAPI

/// What a cluster is made of and what is left of it, with a person's token.
extension PanelClient {
    /// What a cluster's instances and volumes are made of, and cost.
    public func means(of cluster: String, operatorToken: String) async throws -> ClusterMeans {
        try await get("/v1/clusters/\(Self.segment(cluster))/means", operatorToken)
    }

    /// All that EC2 has with the cluster's tag, asked just now.
    public func remains(of cluster: String, operatorToken: String) async throws -> ClusterRemains {
        try await get("/v1/clusters/\(Self.segment(cluster))/remains", operatorToken)
    }
}
