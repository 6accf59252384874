internal import Hummingbird

/// Lets so many calls of one kind be answered at once, the others in their turn: what one takes of
/// the memory while it waits for the disk, thousands of nodes that come at once take thousands of
/// times. It stands before all that a call reads.
struct Turns: RouterMiddleware {
    typealias Context = PanelContext

    /// More than fit into one commit gain nothing.
    static let heartbeats = 128

    let gate: Gate

    func handle(
        _ request: Request, context: PanelContext,
        next: (Request, PanelContext) async throws -> Response
    ) async throws -> Response {
        try await gate.pass { try await next(request, context) }
    }
}
