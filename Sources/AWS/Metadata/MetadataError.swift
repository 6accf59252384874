/// Instance metadata that could not be read.
public struct MetadataError: Error, Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// 403 on the token.
        case off
        /// No usable answer within the patience; the last thing that went wrong.
        case noAnswer(seconds: Double, last: String)
        case status(Int)
        /// 404 where there must be something.
        case missing(hint: String)
        case unreadable(String)
    }

    public var kind: Kind
    public var endpoint: String
    public var path: String
    public var attempts: Int
}

extension MetadataError: CustomStringConvertible {
    public var description: String {
        let tries = attempts == 1 ? "1 attempt" : "\(attempts) attempts"
        return "metadata '\(endpoint)\(path)' (\(tries)): \(reason)"
    }

    private var reason: String {
        switch kind {
        case .off:
            "the token was refused with 403: the metadata service is off for this instance"
                + " (turn on HttpEndpoint in its metadata options)"
        case .noAnswer(let seconds, let last):
            "no answer within \((seconds * 10).rounded() / 10) s, last: \(last)"
        case .status(let status): "answered with status \(status)"
        case .missing(let hint): hint
        case .unreadable(let why): "the answer is unreadable: \(why)"
        }
    }
}
