internal import GRDB
internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Turns whatever goes wrong into the panel's one form of refusal. What it did not foresee goes to
/// the log; callers learn no more than that.
struct RefusalMiddleware: RouterMiddleware {
    typealias Context = PanelContext

    let notes: RefusalNotes

    func handle(
        _ request: Request, context: PanelContext,
        next: (Request, PanelContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let refusal = Self.refusal(for: error)
            if refusal.status == .internalServerError || refusal == .noRoom {
                context.logger.error(
                    "call failed",
                    metadata: [
                        "path": "\(request.uri.path)", "error": "\(type(of: error)): \(error)",
                    ])
            }
            await note(refusal, request, context)
            return try refusal.response(from: request, context: context)
        }
    }

    /// Enrolment enters its own refusals, which say more; what it turns away before that, not.
    private func note(_ refusal: Refusal, _ request: Request, _ context: PanelContext) async {
        let path = request.uri.path
        guard
            !path.hasPrefix("/v1/enrolment/") && path != "/v1/enrolment"
                || refusal.status == .tooManyRequests
        else { return }
        do {
            try await notes.note(
                refusal, of: "\(request.method.rawValue) \(path)",
                by: context.identity.name ?? context.address)
        } catch {
            context.logger.error("cannot note a refusal", metadata: ["error": "\(error)"])
        }
    }

    private static func refusal(for error: any Error) -> Refusal {
        if let refusal = error as? Refusal { return refusal }
        if let error = error as? DatabaseError, error.resultCode == .SQLITE_FULL {
            return .noRoom
        }
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
