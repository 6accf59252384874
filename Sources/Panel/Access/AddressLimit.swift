internal import Hummingbird

/// Bounds how often one address may call what is behind it.
struct AddressLimit: RouterMiddleware {
    typealias Context = PanelContext

    let limit: RateLimit

    func handle(
        _ request: Request, context: PanelContext,
        next: (Request, PanelContext) async throws -> Response
    ) async throws -> Response {
        try limit.take(context.address)
        return try await next(request, context)
    }
}
