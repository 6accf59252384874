public import PanelAPI

/// Runs of HDFS's balancer, with a person's token.
extension PanelClient {
    /// The latest runs, the newest first.
    public func balances(in cluster: String, operatorToken: String) async throws -> [BalanceView] {
        let path = "/v1/clusters/\(Self.segment(cluster))/balances"
        return try caller.decode(
            try await caller.call("GET", path, bearer: operatorToken), "GET \(path)")
    }

    /// What would be moved; nothing is done.
    public func balancePlan(
        _ terms: BalanceTerms, in cluster: String, operatorToken: String
    ) async throws -> BalancePlan {
        let path =
            "/v1/clusters/\(Self.segment(cluster))/balance-plan"
            + "?threshold=\(terms.threshold)&bandwidth=\(terms.bandwidth)"
        return try caller.decode(
            try await caller.call("GET", path, bearer: operatorToken), "GET \(path)")
    }

    /// Has the master run HDFS's balancer.
    public func balance(
        _ order: BalanceOrder, in cluster: String, operatorToken: String
    ) async throws -> BalanceView {
        let path = "/v1/clusters/\(Self.segment(cluster))/balances"
        return try caller.decode(
            try await caller.call(
                "POST", path, bearer: operatorToken, body: try caller.encode(order),
                resend: .never), "POST \(path)")
    }

    /// Has a run stopped; what it has moved stays moved.
    public func cancelBalance(
        _ id: String, in cluster: String, operatorToken: String
    ) async throws -> BalanceView {
        let path = "/v1/clusters/\(Self.segment(cluster))/balances/\(Self.segment(id))"
        return try caller.decode(
            try await caller.call("DELETE", path, bearer: operatorToken, resend: .never),
            "DELETE \(path)")
    }
}
