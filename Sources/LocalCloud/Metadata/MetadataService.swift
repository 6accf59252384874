/// The rules of EC2's metadata service, version 2 alone: no session token, no answer.
actor MetadataService {
    struct Request: Sendable {
        var method: String
        /// As it came, with its query.
        var target: String
        /// Names in lower case.
        var headers: [String: String]
    }

    struct Answer: Sendable, Equatable {
        var status: Int
        var type = "text/plain"
        var headers: [String: String] = [:]
        var body: [UInt8] = []

        static func refusal(_ status: Int) -> Answer { Answer(status: status) }
    }

    static let tokenPath = "/latest/api/token"
    static let tokenHeader = "x-aws-ec2-metadata-token"
    static let lifetimeHeader = "x-aws-ec2-metadata-token-ttl-seconds"

    private let facts: @Sendable () async throws -> MetadataFacts
    private let credentials: RoleCredentials
    private let monotonic: @Sendable () -> Double
    private var tokens: MetadataTokens

    /// `monotonic` is in seconds from anywhere.
    init(
        facts: @escaping @Sendable () async throws -> MetadataFacts, credentials: RoleCredentials,
        monotonic: @escaping @Sendable () -> Double, random: @escaping @Sendable () -> [UInt8]
    ) {
        self.facts = facts
        self.credentials = credentials
        self.monotonic = monotonic
        tokens = MetadataTokens(random: random)
    }

    func answer(_ request: Request) async -> Answer {
        let target = request.target.prefix { $0 != "?" }
        guard let path = FormEncoding.decode(target) else { return .refusal(400) }
        if path == Self.tokenPath { return token(request) }
        guard request.method == "GET" || request.method == "HEAD" else {
            return Answer(status: 405, headers: ["Allow": "GET, HEAD"])
        }
        guard let token = request.headers[Self.tokenHeader],
            tokens.isValid(token, now: monotonic())
        else { return .refusal(401) }
        return await value(path)
    }

    /// A forwarded request for a token is refused: an open proxy on the instance must not be a way
    /// to its credentials.
    private func token(_ request: Request) -> Answer {
        guard request.method == "PUT" else {
            return Answer(status: 405, headers: ["Allow": "PUT"])
        }
        if request.headers["x-forwarded-for"] != nil { return .refusal(403) }
        guard let text = request.headers[Self.lifetimeHeader], let lifetime = Int(text),
            MetadataTokens.lifetimes.contains(lifetime)
        else { return .refusal(400) }
        let token = tokens.issue(lifetime: lifetime, now: monotonic())
        return Answer(
            status: 200, headers: [Self.lifetimeHeader: String(lifetime)], body: Array(token.utf8))
    }

    private func value(_ path: String) async -> Answer {
        let known: MetadataFacts
        do { known = try await facts() } catch { return .refusal(503) }
        switch MetadataTree(known).node(at: path) {
        case nil:
            return .refusal(404)
        case .text(let text):
            return Answer(status: 200, body: Array(text.utf8))
        case .json(let text):
            return Answer(status: 200, type: "application/json", body: Array(text.utf8))
        case .bytes(let bytes):
            return Answer(status: 200, type: "application/octet-stream", body: bytes)
        case .listing(let names):
            return Answer(status: 200, body: Array(names.joined(separator: "\n").utf8))
        case .credentials(let role):
            guard let issued = try? await credentials.credentials(role: role) else {
                return .refusal(503)
            }
            return Answer(
                status: 200, type: "application/json", body: Array(issued.json.utf8))
        }
    }
}
