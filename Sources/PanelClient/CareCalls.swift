public import PanelAPI

/// Instances, volumes and the audit log, with a person's token.
extension PanelClient {
    /// Has the panel start instances. Asked again after a lost answer it may start more: the answer
    /// is never repeated by itself.
    public func launch(
        _ order: LaunchOrder, in cluster: String, operatorToken: String
    ) async throws -> [Launch] {
        try await post(order, "/v1/clusters/\(Self.segment(cluster))/launches", operatorToken)
    }

    /// The latest launches, the newest first.
    public func launches(in cluster: String, operatorToken: String) async throws -> [Launch] {
        try await get("/v1/clusters/\(Self.segment(cluster))/launches", operatorToken)
    }

    /// Has the panel end a node's instance for good.
    public func terminate(
        node: String, _ order: TerminationOrder, in cluster: String, operatorToken: String
    ) async throws -> Termination {
        let path = "/v1/clusters/\(Self.segment(cluster))/nodes/\(Self.segment(node))/terminate"
        return try await post(order, path, operatorToken)
    }

    /// Every volume that carries the cluster's tag.
    public func volumes(in cluster: String, operatorToken: String) async throws -> [VolumeView] {
        try await get("/v1/clusters/\(Self.segment(cluster))/volumes", operatorToken)
    }

    /// The latest operations on volumes, the newest first.
    public func volumeOperations(
        in cluster: String, operatorToken: String
    ) async throws -> [VolumeOperation] {
        try await get("/v1/clusters/\(Self.segment(cluster))/operations", operatorToken)
    }

    public func operate(
        on volume: String, _ order: VolumeOperationOrder, in cluster: String,
        operatorToken: String
    ) async throws -> VolumeOperation {
        let path =
            "/v1/clusters/\(Self.segment(cluster))/volumes/\(Self.segment(volume))/operations"
        return try await post(order, path, operatorToken)
    }

    /// Gives an orphan to the next node that fits.
    public func offer(
        volume: String, _ offer: VolumeOffer, in cluster: String, operatorToken: String
    ) async throws {
        let path = "/v1/clusters/\(Self.segment(cluster))/volumes/\(Self.segment(volume))/offer"
        _ = try await caller.call(
            "POST", path, bearer: operatorToken, body: try caller.encode(offer), resend: .never)
    }

    /// Takes an offer back.
    public func withdraw(
        volume: String, in cluster: String, operatorToken: String
    ) async throws {
        let path = "/v1/clusters/\(Self.segment(cluster))/volumes/\(Self.segment(volume))/offer"
        _ = try await caller.call("DELETE", path, bearer: operatorToken, resend: .never)
    }

    /// Lines of the audit log older than `before`, of one subject or all, the newest first.
    public func audit(
        limit: Int, before: Int64? = nil, subject: String? = nil, operatorToken: String
    ) async throws -> [AuditLine] {
        var query = "limit=\(limit)"
        if let before { query += "&before=\(before)" }
        if let subject { query += "&subject=\(Self.segment(subject))" }
        return try await get("/v1/audit?\(query)", operatorToken)
    }

    /// Decisions of the autoscaler until a time, the newest first.
    public func decisions(
        in cluster: String, at: Double? = nil, limit: Int = 1, operatorToken: String
    ) async throws -> [DecisionView] {
        let until = at.map { "&at=\($0)" } ?? ""
        return try await get(
            "/v1/clusters/\(Self.segment(cluster))/decisions?limit=\(limit)\(until)",
            operatorToken)
    }

    func get<Answer: Decodable>(_ path: String, _ token: String) async throws -> Answer {
        try caller.decode(try await caller.call("GET", path, bearer: token), "GET \(path)")
    }

    private func post<Answer: Decodable>(
        _ order: some Encodable, _ path: String, _ token: String
    ) async throws -> Answer {
        let answer = try await caller.call(
            "POST", path, bearer: token, body: try caller.encode(order), resend: .never)
        return try caller.decode(answer, "POST \(path)")
    }
}
