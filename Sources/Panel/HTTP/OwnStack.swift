internal import Hummingbird

/// Answers each request on a task of its own. A task keeps the memory of its deepest call until it
/// ends, some twenty kilobytes here, and a connection's ends with the connection: ten thousand
/// nodes keep theirs open.
struct OwnStack<Base: HTTPResponder>: HTTPResponder where Base.Context: Sendable {
    typealias Context = Base.Context

    let base: Base

    func respond(to request: Request, context: Base.Context) async throws -> Response {
        async let response = base.respond(to: request, context: context)
        return try await response
    }
}
