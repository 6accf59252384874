public import AWS

/// Who may ask the gateway for what. Deciding reads nothing: a request in, an object or a refusal
/// out.
public struct GatewayRules: Sendable {
    /// Buckets with the folders in them that may be read.
    public var places: [S3Location]
    public var secret: GatewaySecret

    public init(places: [S3Location], secret: GatewaySecret) {
        self.places = places
        self.secret = secret
    }

    /// A request that is in order.
    enum Request: Equatable {
        case object(S3Location)
        /// The words of an answer that was given before; see `AnswerHead.explanation`.
        case explanation(status: Int, words: String)
    }

    /// The first name of a path to an explanation. No bucket and no secret is called so.
    static let explanationName = "-"

    func decide(_ head: RequestHead) throws(Refusal) -> Request {
        guard head.method == "GET" || head.method == "HEAD" else {
            throw Refusal(405, "'\(head.method)' is not done here: GET and HEAD alone")
        }
        try checkHost(head["host"])
        let path = try TargetPath.decode(head.target)
        if path.names.first == Self.explanationName { return try explanation(path) }
        guard let first = path.names.first, secret.matches(first) else {
            throw Refusal(
                403,
                "the URL has not this boot's secret: the gateway writes it into the .repo file "
                    + "when it starts (howdah-node gateway --write-repo)")
        }
        return .object(try object(Array(path.names.dropFirst()), path.endsWithSlash))
    }

    private func object(
        _ names: [String], _ endsWithSlash: Bool
    ) throws(Refusal) -> S3Location {
        guard let bucket = names.first else { throw Refusal(404, "no bucket in the URL") }
        let key = names.dropFirst().joined(separator: "/") + (endsWithSlash ? "/" : "")
        let asked = S3Location(bucket: bucket, key: key)
        guard !asked.key.isEmpty, asked.key != "/", places.contains(where: { $0.holds(asked) })
        else {
            let known = places.map { "'\($0)'" }.joined(separator: ", ")
            throw Refusal(403, "'\(asked)' is outside of what this gateway serves: \(known)")
        }
        return asked
    }

    private func explanation(_ path: TargetPath) throws(Refusal) -> Request {
        guard path.names.count >= 3, let status = Int(path.names[1]),
            (400..<600).contains(status)
        else { throw Refusal(404, "there is nothing here") }
        let words = path.names.dropFirst(2).joined(separator: "/")
        return .explanation(
            status: status, words: String(words.map { $0 == "_" ? " " : $0 }))
    }

    /// A page of the web that has its own name lead here is refused.
    private func checkHost(_ host: String?) throws(Refusal) {
        guard let host else { return }
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        guard ["127.0.0.1", "localhost", "[::1]"].contains(name.lowercased()) else {
            throw Refusal(403, "this is not '\(host)'")
        }
    }
}

extension S3Location {
    /// Whether another place is this one or below it.
    func holds(_ other: S3Location) -> Bool {
        let folder = key.isEmpty || key.hasSuffix("/") ? key : key + "/"
        return bucket == other.bucket && other.key.hasPrefix(folder)
    }
}
