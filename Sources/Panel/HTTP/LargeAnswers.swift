internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Synchronization

/// Bounds what large answers take of the memory while slow readers take them: each is handed over
/// piece by piece, and one for which there is no room is refused.
struct LargeAnswers: RouterMiddleware {
    typealias Context = PanelContext

    /// Smaller ones are bounded by the number of connections.
    static let largeBytes = 256 << 10
    static let pieceBytes = 64 << 10
    /// All who ask for these get the same bytes in the same memory.
    static let shared: Set<String> = ["/v1/members", "/v1/roll"]

    let room: AnswerRoom

    func handle(
        _ request: Request, context: PanelContext,
        next: (Request, PanelContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard let bytes = response.body.contentLength, bytes >= Self.largeBytes,
            !Self.shared.contains(request.uri.path)
        else { return response }
        guard let share = room.take(bytes) else { throw Refusal.busy("large answers") }
        let body = response.body
        response.body = ResponseBody(contentLength: bytes) { writer in
            try await body.write(PieceWriter(base: writer))
            withExtendedLifetime(share) {}
        }
        return response
    }
}

/// Writes in pieces, each once the connection has taken most of those before.
private struct PieceWriter: ResponseBodyWriter {
    var base: any ResponseBodyWriter

    mutating func write(_ buffer: ByteBuffer) async throws {
        var rest = buffer
        while rest.readableBytes > 0 {
            let length = min(rest.readableBytes, LargeAnswers.pieceBytes)
            guard let piece = rest.readSlice(length: length) else { return }
            try await base.write(piece)
        }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        try await base.finish(trailingHeaders)
    }
}

/// Bytes that large answers may take together.
final class AnswerRoom: Sendable {
    static let maximumBytes = 96 << 20

    private let maximum: Int
    private let taken = Mutex(0)

    init(maximum: Int = maximumBytes) { self.maximum = maximum }

    /// What an answer takes; given back when nobody holds it any more.
    final class Share: Sendable {
        private let room: AnswerRoom
        private let bytes: Int

        fileprivate init(_ room: AnswerRoom, _ bytes: Int) {
            self.room = room
            self.bytes = bytes
        }

        deinit { room.taken.withLock { $0 -= bytes } }
    }

    /// Nil where there is no room now. An answer larger than all room has it alone.
    func take(_ bytes: Int) -> Share? {
        let fits = taken.withLock { taken in
            guard taken == 0 || taken + bytes <= maximum else { return false }
            taken += bytes
            return true
        }
        return fits ? Share(self, bytes) : nil
    }

    var takenBytes: Int { taken.withLock { $0 } }
}
