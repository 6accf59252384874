/// A transfer that brought no usable answer.
public struct TransferError: Error, Sendable {
    public enum Kind: Sendable, Equatable {
        case nameNotFound
        case notConnected
        case tls
        /// The server's public key is none of the pinned ones.
        case wrongKey
        /// A limit of `TransferLimits` passed; says what was waited for and how long.
        case timedOut(waitingFor: String, seconds: Double)
        /// The connection ended in the middle.
        case interrupted
        case bodyTooLarge(limit: Int64)
        /// An answer, but not one that a file can be made of.
        case status(Int)
        case digest(expected: String, found: String)
        case localFile(path: String, errno: Int32)
        case invalidRequest
        case cancelled
        /// The connection ended in the middle, and what was passed on cannot be continued.
        case cutShort
        /// Whoever the answer is passed on to has gone.
        case receiverGone
        /// Whoever the answer is passed on to does not take it.
        case receiverSlow
        /// Any other code of libcurl.
        case other(code: Int)

        var isBeforeSending: Bool {
            switch self {
            case .nameNotFound, .notConnected: true
            default: false
            }
        }

        var isTransient: Bool {
            switch self {
            case .nameNotFound, .notConnected, .timedOut, .interrupted: true
            default: false
            }
        }
    }

    public var kind: Kind
    public var method: String
    /// Without query and user information, which may hold secrets.
    public var url: String
    /// How many attempts were made.
    public var attempts: Int
    /// libcurl's own words, or nothing.
    public var detail: String
    /// What was answered, where `kind` is a status.
    public var response: HTTPResponse?

    public init(
        _ kind: Kind, method: String, url: String, attempts: Int = 1, detail: String = "",
        response: HTTPResponse? = nil
    ) {
        self.kind = kind
        self.method = method
        self.url = TransferError.withoutSecrets(url)
        self.attempts = attempts
        self.detail = detail
        self.response = response
    }

    /// The URL up to its query, without user and password.
    public static func withoutSecrets(_ url: String) -> String {
        var text = url.prefix { $0 != "?" && $0 != "#" }
        if let scheme = text.firstRange(of: "://") {
            let authority = text[scheme.upperBound...].prefix { $0 != "/" }
            if let at = authority.lastIndex(of: "@") {
                text.removeSubrange(scheme.upperBound...at)
            }
        }
        return String(text)
    }
}

extension TransferError: CustomStringConvertible {
    public var description: String {
        let tries = attempts == 1 ? "" : " (\(attempts) attempts)"
        let tail = detail.isEmpty ? "" : ": \(detail)"
        return "\(method) '\(url)'\(tries): \(reason)\(tail)"
    }

    private var reason: String {
        switch kind {
        case .nameNotFound: "the host name was not found"
        case .notConnected: "could not connect"
        case .tls: "the server's certificate or TLS was refused (CA bundle: AWS_CA_BUNDLE)"
        case .wrongKey: "the server showed another public key than the pinned ones"
        case .timedOut(let what, let seconds):
            "timed out after \(TransferError.rounded(seconds)) s waiting for \(what)"
        case .interrupted: "the connection ended early"
        case .bodyTooLarge(let limit): "the body is larger than the limit of \(limit) bytes"
        case .status(let status): "answered with status \(status)"
        case .digest(let expected, let found): "expected \(expected), found \(found)"
        case .localFile(let path, let code): "file '\(path)': \(describe(errno: code))"
        case .invalidRequest: "the request is not valid"
        case .cancelled: "cancelled"
        case .cutShort: "the connection ended early, and the rest is not to be had by itself"
        case .receiverGone: "the reader has gone"
        case .receiverSlow: "the reader takes nothing"
        case .other(let code): "failed with libcurl's code \(code)"
        }
    }

    private static func rounded(_ seconds: Double) -> Double {
        (seconds * 10).rounded() / 10
    }
}
