internal import HTTPTypes
internal import Hummingbird

/// Lets a call through that carries a node's token that holds, and says which node it is.
struct NodeAuthenticator: RouterMiddleware {
    typealias Context = PanelContext

    let tokens: TokenRepository
    let time: PanelTime
    /// False where the call itself writes down that the node was heard.
    var notes = true

    func handle(
        _ request: Request, context: PanelContext,
        next: (Request, PanelContext) async throws -> Response
    ) async throws -> Response {
        let token = try BearerToken.read(request)
        var context = context
        let node = try await tokens.node(for: token, now: time.now(), notes: notes)
        context.caller = node
        context.identity.name = node.instanceID
        return try await next(request, context)
    }
}

enum BearerToken {
    /// Longer than any token of ours.
    static let maximumLength = 512

    static func read(_ request: Request) throws -> String {
        let header = request.headers[.authorization] ?? ""
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw Refusal.unauthorized(
                "token-missing", "this call needs a header 'authorization: Bearer TOKEN'")
        }
        guard parts[1].utf8.count <= maximumLength else {
            throw Refusal.unauthorized("token-unknown", "the token is unknown to this panel")
        }
        return String(parts[1])
    }
}
