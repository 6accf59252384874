internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// JSON in and out, of a bounded size.
enum JSONBody {
    /// A boot report with a line for each of a hundred steps stays well below it.
    static let maximumBytes = 256 * 1024

    static func response(
        _ value: some Encodable, status: HTTPResponse.Status = .ok
    ) throws -> Response {
        response(bytes: ByteBuffer(bytes: try JSONEncoder().encode(value)), status: status)
    }

    /// `bytes` are JSON already.
    static func response(bytes: ByteBuffer, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: "application/json; charset=utf-8", .cacheControl: "no-store",
            ],
            body: ResponseBody(byteBuffer: bytes))
    }

    static func decode<Value: Decodable>(
        _ type: Value.Type, from request: Request, limit: Int = maximumBytes
    ) async throws -> Value {
        let buffer = try await request.body.collect(upTo: limit)
        do {
            return try JSONDecoder().decode(type, from: Data(buffer.readableBytesView))
        } catch {
            // The decoder's own words may quote the body, and with it a token.
            throw Refusal.badRequest("the body is no JSON object of \(type)")
        }
    }
}
