internal import Digests
public import FoundationEssentials
public import Host
public import Transfer

/// Who the caller is, and credentials of another role.
public struct STSClient: Sendable {
    static let version = "2011-06-15"
    let caller: ServiceCaller

    /// Throws an `EndpointError` where settings name no region, or no proper endpoint.
    public init(
        settings: AWSSettings, credentials: any CredentialsProvider, transfer: TransferClient,
        now: @escaping @Sendable () -> Date = WallClock.now
    ) throws(EndpointError) {
        caller = try ServiceCaller(
            .sts, style: .normalized, settings: settings, credentials: credentials,
            transfer: transfer, now: now)
    }

    public func getCallerIdentity(
        retry: RetryPolicy = .standard, limits: TransferLimits = .call
    ) async throws -> CallerIdentity {
        var call = ServiceCaller.Call.form("GetCallerIdentity", version: STSClient.version)
        call.retry = retry
        call.limits = limits
        return try CallerIdentity.read(try await caller.send(call).body)
    }

    /// Credentials of a role. Without `durationSeconds` (900 and up) the service chooses.
    public func assumeRole(
        _ roleARN: String, sessionName: String, durationSeconds: Int? = nil,
        externalID: String? = nil
    ) async throws -> Credentials {
        var parameters = [("RoleArn", roleARN), ("RoleSessionName", sessionName)]
        if let durationSeconds { parameters.append(("DurationSeconds", "\(durationSeconds)")) }
        if let externalID { parameters.append(("ExternalId", externalID)) }
        return try await credentials(
            of: .form("AssumeRole", version: STSClient.version, parameters))
    }

    /// Credentials of a role for whom an identity provider's token names. The token is the proof:
    /// the call is not signed.
    public func assumeRole(
        _ roleARN: String, sessionName: String, webIdentityToken: String,
        durationSeconds: Int? = nil
    ) async throws -> Credentials {
        var parameters = [
            ("RoleArn", roleARN), ("RoleSessionName", sessionName),
            ("WebIdentityToken", webIdentityToken),
        ]
        if let durationSeconds { parameters.append(("DurationSeconds", "\(durationSeconds)")) }
        var call = ServiceCaller.Call.form(
            "AssumeRoleWithWebIdentity", version: STSClient.version, parameters)
        call.isSigned = false
        return try await credentials(of: call)
    }

    private func credentials(of call: ServiceCaller.Call) async throws -> Credentials {
        let document = try caller.document(call, try await caller.send(call))
        guard let element = document.first("Credentials"),
            let key = element.value("AccessKeyId"), let secret = element.value("SecretAccessKey"),
            let token = element.value("SessionToken"),
            let expiration = element.value("Expiration").flatMap(AWSDate.parse)
        else {
            throw UnreadableAnswer(
                service: "sts", operation: call.operation, reason: "credentials are incomplete")
        }
        return Credentials(
            accessKeyID: key, secretAccessKey: secret, sessionToken: token,
            expiration: expiration)
    }
}

extension ServiceCaller.Call {
    static let formType = "application/x-www-form-urlencoded; charset=utf-8"

    /// A call of AWS's query protocol: a form in a POST.
    static func form(
        _ action: String, version: String, _ parameters: [(String, String)] = []
    ) -> ServiceCaller.Call {
        let fields = [("Action", action), ("Version", version)] + parameters
        let text = fields.map { "\(formEncoded($0))=\(formEncoded($1))" }
        let body = Array(text.joined(separator: "&").utf8)
        return ServiceCaller.Call(
            operation: action, method: "POST", headers: ["content-type": formType],
            body: .bytes(body), payloadHash: Digest.of(body).hex)
    }

    /// A form writes a blank as `+`. AWS reads `%20` as well, but moto checks the signature over a
    /// form that it wrote anew.
    private static func formEncoded(_ text: String) -> String {
        URIEncoding.encode(text).split(separator: "%20", omittingEmptySubsequences: false)
            .joined(separator: "+")
    }
}
