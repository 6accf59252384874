internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Turns whatever goes wrong into the panel's one form of refusal. What it did not foresee goes to
/// the log; callers learn no more than that.
struct RefusalMiddleware: RouterMiddleware {
    typealias Context = PanelContext

    func handle(
        _ request: Request, context: PanelContext,
        next: (Request, PanelContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let refusal = Self.refusal(for: error)
            if refusal.status == .internalServerError {
                context.logger.error(
                    "call failed",
                    metadata: [
                        "path": "\(request.uri.path)", "error": "\(type(of: error)): \(error)",
                    ])
            }
            return try refusal.response(from: request, context: context)
        }
    }

    private static func refusal(for error: any Error) -> Refusal {
        if let refusal = error as? Refusal { return refusal }
        let status = (error as? any HTTPResponseError)?.status ?? .internalServerError
        return switch status {
        case .notFound: Refusal(status, "not-found", "the panel has nothing at this path")
        case .contentTooLarge:
            Refusal(status, "too-large", "the body is larger than the panel takes")
        case .internalServerError:
            Refusal(status, "internal", "the panel failed; its log says why")
        default: Refusal(status, "refused", status.reasonPhrase.lowercased())
        }
    }
}
