public import Transfer

/// Carries calls to the panel with libcurl.
public struct LibcurlTransport: PanelTransport {
    /// Bytes of an answer: the view of a cluster of thousands of nodes with their boots' steps.
    public static let maximumAnswer: Int64 = 64 << 20
    /// A panel that is being restarted is back within this many attempts (about half a minute).
    public static let retry = RetryPolicy(
        attempts: 8, base: .milliseconds(250), cap: .seconds(8), statuses: [429, 502, 503, 504],
        transport: .always, maximumRetryAfter: .seconds(30))

    private let client: TransferClient
    private let retry: RetryPolicy

    public init(_ client: TransferClient, retry: RetryPolicy = LibcurlTransport.retry) {
        self.client = client
        self.retry = retry
    }

    public func send(_ call: PanelCall) async throws -> PanelAnswer {
        let limits = TransferLimits(
            total: call.limit, stall: nil, maximumBody: Self.maximumAnswer)
        let response = try await client.send(
            retry: call.resend == .never ? .none : retry, limits: limits
        ) { _ in Self.request(call) }
        return PanelAnswer(status: response.status, body: response.body)
    }

    private static func request(_ call: PanelCall) -> HTTPRequest {
        var request = HTTPRequest(call.method, call.url)
        if let bearer = call.bearer { request.headers.add("authorization", "Bearer \(bearer)") }
        if !call.body.isEmpty || call.method == "POST" || call.method == "PUT" {
            request.headers.add("content-type", "application/json")
            request.body = .bytes(call.body)
        }
        return request
    }
}

extension PanelClient {
    /// A client over libcurl; `prove` is nil for operators.
    public init(url: String, transfer: TransferClient, prove: IdentityProver? = nil) {
        self.init(url: url, transport: LibcurlTransport(transfer), prove: prove)
    }

    /// A node that shows either proof.
    public init(
        url: String, transfer: TransferClient,
        proof: @escaping Prover
    ) {
        self.init(url: url, transport: LibcurlTransport(transfer), proof: proof)
    }
}
