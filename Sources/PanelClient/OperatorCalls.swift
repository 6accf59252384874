public import PanelAPI

/// What an operator asks, with the operator's token.
extension PanelClient {
    /// The panel's clusters, each with its verdict.
    public func clusters(operatorToken: String) async throws -> [ClusterSummary] {
        let path = "/v1/clusters"
        return try caller.decode(
            try await caller.call("GET", path, bearer: operatorToken), "GET \(path)")
    }

    /// The cluster as the panel sees it.
    public func clusterView(
        _ cluster: String, operatorToken: String
    ) async throws -> ClusterView {
        let path = "/v1/clusters/" + Self.segment(cluster)
        return try caller.decode(
            try await caller.call("GET", path, bearer: operatorToken), "GET \(path)")
    }

    /// What the cluster's Hadoop says of its pools and queues.
    public func queues(
        _ cluster: String, operatorToken: String
    ) async throws -> ClusterQueues {
        let path = "/v1/clusters/\(Self.segment(cluster))/queues"
        return try caller.decode(
            try await caller.call("GET", path, bearer: operatorToken), "GET \(path)")
    }

    /// Makes a one-time token for a node of a cloud without STS.
    public func makeEnrolmentToken(
        _ order: EnrolmentTokenOrder, operatorToken: String
    ) async throws -> NewEnrolmentToken {
        let path = "/v1/enrolment-tokens"
        let answer = try await caller.call(
            "POST", path, bearer: operatorToken, body: try caller.encode(order), resend: .never)
        return try caller.decode(answer, "POST \(path)")
    }

    /// The one-time tokens that there are, and those that were used lately.
    public func enrolmentTokens(operatorToken: String) async throws -> [EnrolmentToken] {
        let path = "/v1/enrolment-tokens"
        return try caller.decode(
            try await caller.call("GET", path, bearer: operatorToken), "GET \(path)")
    }

    /// Takes back one that was not used.
    public func removeEnrolmentToken(_ id: String, operatorToken: String) async throws {
        let path = "/v1/enrolment-tokens/" + Self.segment(id)
        _ = try await caller.call("DELETE", path, bearer: operatorToken, resend: .never)
    }
}
