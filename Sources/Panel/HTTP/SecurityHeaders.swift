internal import HTTPTypes
internal import Hummingbird

/// What every answer says to browsers.
struct SecurityHeaders: RouterMiddleware {
    typealias Context = PanelContext

    /// A year (RFC 6797): a browser that was here by TLS comes by nothing else.
    private static let strict = "max-age=31536000"

    let isSecure: Bool

    func handle(
        _ request: Request, context: PanelContext,
        next: (Request, PanelContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.xContentTypeOptions] = "nosniff"
        if isSecure { response.headers[.strictTransportSecurity] = Self.strict }
        return response
    }
}
