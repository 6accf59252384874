internal import FoundationEssentials
public import Transfer

/// The instance metadata service, version 2 alone: a token by PUT, then everything with it.
///
/// Amazon EC2 User Guide, "Use the Instance Metadata Service to access instance metadata".
public actor MetadataClient {
    /// The first schema with tags was 2021-03-23; one fixed schema means no surprises.
    public static let schema = "2021-07-15"
    public static let tokenSeconds = 21_600
    public static let defaultEndpoint = "http://169.254.169.254"
    public static let defaultEndpointIPv6 = "http://[fd00:ec2::254]"
    /// The network may come up late.
    public static let defaultPatience = Duration.seconds(120)
    /// Without tokens the service is not EC2's: OpenStack's has no version of 2021.
    static let tokenlessSchema = "latest"

    private enum Answer {
        case found([UInt8])
        case missing
    }

    /// Asked in turn until one of them answers; that one is kept to.
    private let endpoints: [String]
    private var chosen = 0
    private var hasAnswered = false
    private let usesTokens: Bool
    private let transfer: TransferClient
    /// How long one question may take, all attempts together.
    private let patience: Duration
    private let limits: TransferLimits
    private var token: String?

    /// The endpoint is AWS_EC2_METADATA_SERVICE_ENDPOINT where set; else that of IPv4 or IPv6 where
    /// AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE names one; else both, IPv4 first.
    ///
    /// `usesTokens` false: version 1, for private clouds that have no other. It is never taken for
    /// a service that merely does not answer to the token.
    public init(
        transfer: TransferClient, environment: [String: String],
        patience: Duration = defaultPatience, usesTokens: Bool = true
    ) {
        self.init(
            transfer: transfer, endpoints: MetadataClient.endpoints(environment),
            patience: patience, usesTokens: usesTokens)
    }

    /// `endpoints` is not empty.
    init(
        transfer: TransferClient, endpoints: [String], patience: Duration,
        usesTokens: Bool = true
    ) {
        self.endpoints = endpoints
        self.usesTokens = usesTokens
        self.transfer = transfer
        self.patience = patience
        limits = TransferLimits(
            connect: .seconds(2), total: .seconds(5), stall: nil, maximumBody: 1 << 20)
    }

    /// Of both versions of the Internet Protocol, unless one is named.
    static func endpoints(_ environment: [String: String]) -> [String] {
        var given = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? ""
        while given.hasSuffix("/") { given.removeLast() }
        if !given.isEmpty { return [given] }
        switch environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() {
        case "ipv4": return [defaultEndpoint]
        case "ipv6": return [defaultEndpointIPv6]
        default: return [defaultEndpoint, defaultEndpointIPv6]
        }
    }

    /// The one that answered, or else the one that is asked next.
    public var endpoint: String { endpoints[chosen] }

    /// The text of a path below the schema, such as `meta-data/instance-id`; nil for 404.
    public func text(_ path: String) async throws -> String? {
        try await bytes(path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// As `text`, uninterpreted.
    public func bytes(_ path: String) async throws -> [UInt8]? {
        switch try await ask(path, missingIsLate: false) {
        case .found(let bytes): bytes
        case .missing: nil
        }
    }

    /// The temporary credentials of the instance's role. A role that was just attached takes a
    /// while to appear: 404 is asked again here, and here alone.
    public func roleCredentials() async throws -> Credentials {
        let folder = "meta-data/iam/security-credentials/"
        guard case .found(let list) = try await ask(folder, missingIsLate: true),
            let role = String(decoding: list, as: UTF8.self).split(whereSeparator: \.isNewline)
                .first.map(\.trimmingBlanks)
        else { throw noRole(folder) }
        guard case .found(let bytes) = try await ask(folder + role, missingIsLate: true) else {
            throw noRole(folder + role)
        }
        do {
            return try CredentialDocument.read(bytes).credentials(isTemporary: true)
        } catch {
            throw MetadataError(
                kind: .unreadable(error.reason), endpoint: endpoint, path: "/\(folder)\(role)",
                attempts: 1)
        }
    }

    /// Whether the service answers also without a token, as version 1 did; nil where it is not
    /// known. For looking only: nothing that it answers is used.
    public func answersWithoutToken() async -> Bool? {
        let path = "/\(MetadataClient.schema)/meta-data/instance-id"
        switch await send("GET", path, [:]) {
        case .answer(200, _): return true
        case .answer(401, _), .answer(403, _): return false
        case .answer, .silence: return nil
        }
    }

    private func noRole(_ path: String) -> MetadataError {
        MetadataError(
            kind: .missing(hint: "no role is named there"), endpoint: endpoint,
            path: "/\(path)", attempts: 1)
    }

    private func ask(_ path: String, missingIsLate: Bool) async throws -> Answer {
        var patience = Patience(patience, transfer.configuration, "/\(path)")
        while true {
            switch try await once(path, &patience) {
            case .answer(200, let body): return .found(body)
            case .answer(404, _) where !missingIsLate: return .missing
            case .answer(404, _):
                patience.last = "status 404 (attach an instance profile with a role, or wait)"
            case .answer(401, _) where usesTokens:
                // The first refusal is a token that ended; the next one is a riddle: wait.
                token = nil
                guard patience.last == Patience.refusedToken else {
                    patience.last = Patience.refusedToken
                    continue
                }
            case .answer(let status, _) where MetadataClient.isLate(status):
                patience.last = "status \(status)"
            case .answer(let status, _): throw patience.error(.status(status), endpoint)
            case .silence(let error):
                patience.isSilent(endpoint, "\(error)")
                if !hasAnswered { chosen = (chosen + 1) % endpoints.count }
            }
            try await patience.pause(endpoint)
        }
    }

    private static func isLate(_ status: Int) -> Bool {
        RetryPolicy.retriableStatuses.contains(status)
    }

    private enum Outcome {
        case answer(Int, [UInt8])
        case silence(TransferError)
    }

    private func once(_ path: String, _ patience: inout Patience) async throws -> Outcome {
        patience.attempts += 1
        guard usesTokens else {
            return await send("GET", "/\(MetadataClient.tokenlessSchema)/\(path)", [:])
        }
        if token == nil {
            switch await send("PUT", "/latest/api/token", MetadataClient.tokenRequest) {
            case .answer(200, let body): token = String(decoding: body, as: UTF8.self)
            case .answer(403, _): throw patience.error(.off, endpoint)
            case .answer(let status, _) where !MetadataClient.isLate(status):
                throw patience.error(.status(status), endpoint, path: "/latest/api/token")
            case let outcome: return outcome
            }
        }
        let headers: HTTPHeaders = ["x-aws-ec2-metadata-token": token ?? ""]
        return await send("GET", "/\(MetadataClient.schema)/\(path)", headers)
    }

    private static let tokenRequest: HTTPHeaders = [
        "x-aws-ec2-metadata-token-ttl-seconds": "\(tokenSeconds)"
    ]

    private func send(_ method: String, _ path: String, _ headers: HTTPHeaders) async -> Outcome {
        let request = HTTPRequest(
            method, endpoint + path, headers: headers, proxyBypass: true)
        do {
            let response = try await transfer.send(request, limits: limits)
            hasAnswered = true
            return .answer(response.status, response.body)
        } catch {
            return .silence(error)
        }
    }
}
