/// One request, complete but for what libcurl adds (Host, Content-Length, User-Agent, Accept).
public struct HTTPRequest: Sendable {
    public enum Body: Sendable, Equatable {
        case none
        case bytes([UInt8])
        /// Streamed from a file, which must not change meanwhile; `range` in bytes, nil for all.
        case file(path: String, range: Range<Int64>?)
    }

    public var method: String
    /// `http`, `https` or `file`; already percent-encoded.
    public var url: String
    public var headers: HTTPHeaders
    public var body: Body
    /// True for addresses that are reached directly whatever the environment's proxies are
    /// (instance metadata).
    public var proxyBypass: Bool
    /// How many redirects to follow; 0, the rule, hands a redirect back as a response.
    public var maximumRedirects: Int

    public init(
        _ method: String, _ url: String, headers: HTTPHeaders = [:], body: Body = .none,
        proxyBypass: Bool = false, maximumRedirects: Int = 0
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.proxyBypass = proxyBypass
        self.maximumRedirects = maximumRedirects
    }
}

/// Headers, bodies and queries hold secrets: printed, a request is its method and its place.
extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "\(method) '\(TransferError.withoutSecrets(url))'" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
