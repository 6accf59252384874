public import PanelAPI

/// Users and their tokens: an admin's calls, and everybody's about their own tokens.
extension PanelClient {
    public func users(operatorToken: String) async throws -> [User] {
        try caller.decode(
            try await caller.call("GET", "/v1/users", bearer: operatorToken), "GET /v1/users")
    }

    public func addUser(_ order: UserOrder, operatorToken: String) async throws -> User {
        let answer = try await caller.call(
            "POST", "/v1/users", bearer: operatorToken, body: try caller.encode(order),
            resend: .never)
        return try caller.decode(answer, "POST /v1/users")
    }

    public func changeUser(
        _ name: String, _ change: UserChange, operatorToken: String
    ) async throws -> User {
        let path = "/v1/users/" + Self.segment(name)
        let answer = try await caller.call(
            "PATCH", path, bearer: operatorToken, body: try caller.encode(change), resend: .never)
        return try caller.decode(answer, "PATCH \(path)")
    }

    /// One's own, which ends one's sessions.
    public func changePassword(_ change: PasswordChange, operatorToken: String) async throws {
        _ = try await caller.call(
            "PUT", "/v1/password", bearer: operatorToken, body: try caller.encode(change),
            resend: .never)
    }

    /// One's own; an admin's `user` may be anyone, and nil is everybody.
    public func apiTokens(of user: String?, operatorToken: String) async throws -> [APIToken] {
        let path = "/v1/tokens" + (user.map { "?user=" + Self.segment($0) } ?? "")
        return try caller.decode(
            try await caller.call("GET", path, bearer: operatorToken), "GET /v1/tokens")
    }

    public func makeAPIToken(
        _ order: APITokenOrder, operatorToken: String
    ) async throws -> NewAPIToken {
        let answer = try await caller.call(
            "POST", "/v1/tokens", bearer: operatorToken, body: try caller.encode(order),
            resend: .never)
        return try caller.decode(answer, "POST /v1/tokens")
    }

    public func removeAPIToken(_ id: String, operatorToken: String) async throws {
        let path = "/v1/tokens/" + Self.segment(id)
        _ = try await caller.call("DELETE", path, bearer: operatorToken, resend: .never)
    }
}
