/// One HTTP call to the panel, as the client wants it sent.
public struct PanelCall: Sendable, Equatable {
    /// How often a call that did not get through is sent again.
    public enum Resend: Sendable, Equatable {
        /// The call spends something that can be used once (a nonce): send it once.
        case never
        /// The panel's answer is the same however often it is asked.
        case untilAnswered
    }

    public var method: String
    /// Absolute, such as `http://10.77.0.1:8080/v1/members`.
    public var url: String
    /// A node's or an operator's token; goes out as `Authorization: Bearer …`.
    public var bearer: String?
    /// JSON, or nothing.
    public var body: [UInt8]
    /// The longest that one attempt may take, long poll included.
    public var limit: Duration
    public var resend: Resend

    public init(
        method: String, url: String, bearer: String?, body: [UInt8], limit: Duration,
        resend: Resend
    ) {
        self.method = method
        self.url = url
        self.bearer = bearer
        self.body = body
        self.limit = limit
        self.resend = resend
    }
}

/// What came back.
public struct PanelAnswer: Sendable, Equatable {
    public var status: Int
    public var body: [UInt8]

    public init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

/// What carries calls to the panel: libcurl in programs, a double in tests.
public protocol PanelTransport: Sendable {
    /// Sends the call, again where `resend` allows it and nothing or 429, 502, 503 or 504 came
    /// back. Any status that arrives in the end is an answer; an error means that none did.
    func send(_ call: PanelCall) async throws -> PanelAnswer
}
