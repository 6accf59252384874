internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import PanelAPI

/// A call that the panel says no to: status, a word for programs and a line for people.
struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    var status: HTTPResponse.Status
    var refusal: APIError
    /// Seconds after which asking again makes sense.
    var retryAfterSeconds: Int?

    init(
        _ status: HTTPResponse.Status, _ error: String, _ message: String,
        retryAfterSeconds: Int? = nil
    ) {
        self.status = status
        self.refusal = APIError(error: error, message: message)
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// The same call may be answered a moment later.
    var isForNow: Bool { status == .serviceUnavailable }

    var description: String { "\(status.code) \(refusal.error): \(refusal.message)" }
}

extension Refusal {
    static func badRequest(_ message: String) -> Refusal {
        Refusal(.badRequest, "bad-request", message)
    }

    static func identity(_ message: String) -> Refusal {
        Refusal(.forbidden, "identity-refused", message)
    }

    static func token(_ message: String) -> Refusal {
        Refusal(.forbidden, "token-refused", message)
    }

    static func role(_ message: String) -> Refusal {
        Refusal(.forbidden, "role-mismatch", message)
    }

    static func unauthorized(_ error: String, _ message: String) -> Refusal {
        Refusal(.unauthorized, error, message)
    }

    static func conflict(_ error: String, _ message: String) -> Refusal {
        Refusal(.conflict, error, message)
    }

    static func notFound(_ error: String, _ message: String) -> Refusal {
        Refusal(.notFound, error, message)
    }

    static func cloud(_ error: any Error) -> Refusal {
        Refusal(
            .serviceUnavailable, "cloud-unavailable",
            "the panel cannot ask EC2 or STS now: \(error)", retryAfterSeconds: 2)
    }

    /// Nothing of the call was kept; whoever sent it still has it and sends it again.
    static let noRoom = Refusal(
        .serviceUnavailable, "no-room", "the panel's disk is full; nothing was stored",
        retryAfterSeconds: 30)

    static func busy(_ what: String) -> Refusal {
        Refusal(
            .serviceUnavailable, "busy", "too many \(what) at once; ask again",
            retryAfterSeconds: 2)
    }
}

extension Refusal: HTTPResponseError {
    func response(from request: Request, context: some RequestContext) throws -> Response {
        var response = try JSONBody.response(refusal, status: status)
        if let retryAfterSeconds {
            response.headers[.retryAfter] = String(retryAfterSeconds)
        }
        if status == .unauthorized {
            response.headers[.wwwAuthenticate] = "Bearer realm=\"howdah\""
        }
        return response
    }
}
