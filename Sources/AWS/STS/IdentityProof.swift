internal import Digests
public import FoundationEssentials
public import Host
public import Transfer

/// The parts of a signed GetCallerIdentity request: enough for one who knows the rest of it to
/// build it again, and nothing that says where it is to be sent.
///
/// After HashiCorp Vault's and aws-iam-authenticator's method, with the request rebuilt instead of
/// checked (CVE-2020-16250).
public struct IdentityProofParts: Sendable, Equatable {
    /// `x-amz-date`.
    public var date: String
    public var region: String
    public var accessKeyID: String
    /// Empty for credentials without one.
    public var sessionToken: String
    /// 64 hexadecimal digits.
    public var signature: String
    public var nonce: String

    public init(
        date: String, region: String, accessKeyID: String, sessionToken: String,
        signature: String, nonce: String
    ) {
        self.date = date
        self.region = region
        self.accessKeyID = accessKeyID
        self.sessionToken = sessionToken
        self.signature = signature
        self.nonce = nonce
    }
}

/// Whoever holds all of it may use it until the challenge is spent: printed, it is the key's id.
extension IdentityProofParts: CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    public var description: String { "identity proof of '\(accessKeyID)' at \(date)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}

/// What both sides know of the request beside its parts.
enum IdentityProofForm {
    static let serverIDHeader = "x-howdah-server-id"
    static let nonceHeader = "x-howdah-nonce"
    static let body = "Action=GetCallerIdentity&Version=2011-06-15"
    static let contentType = "application/x-www-form-urlencoded; charset=utf-8"

    /// Names in the order in which they are signed.
    static func signedHeaders(hasToken: Bool) -> String {
        let token = hasToken ? ["x-amz-security-token"] : []
        let names = ["content-type", "host", "x-amz-date"] + token + [nonceHeader, serverIDHeader]
        return names.joined(separator: ";")
    }
}

/// Makes the proof that a node sends to the panel.
public struct IdentityProofSigner: Sendable {
    private let caller: ServiceCaller

    /// Throws an `EndpointError` where settings name no region, or no proper endpoint.
    public init(
        settings: AWSSettings, credentials: any CredentialsProvider, transfer: TransferClient,
        now: @escaping @Sendable () -> Date = WallClock.now
    ) throws(EndpointError) {
        caller = try STSClient(
            settings: settings, credentials: credentials, transfer: transfer, now: now
        ).caller
    }

    /// A proof for one panel and one challenge. Nothing is sent.
    public func proof(serverID: String, nonce: String) async throws -> IdentityProofParts {
        let credentials = try await caller.credentials.credentials()
        let headers: HTTPHeaders = [
            "host": caller.endpoint.host, "content-type": IdentityProofForm.contentType,
            IdentityProofForm.serverIDHeader: serverID, IdentityProofForm.nonceHeader: nonce,
        ]
        let date = caller.now()
        let signed = SigV4.sign(
            SigV4.Request(
                method: "POST", path: caller.endpoint.basePath + "/", headers: headers,
                payloadHash: Digest.of(Array(IdentityProofForm.body.utf8)).hex),
            credentials: credentials, region: caller.region, service: "sts", date: date)
        return IdentityProofParts(
            date: AWSDate.basic(date), region: caller.region,
            accessKeyID: credentials.accessKeyID, sessionToken: credentials.sessionToken ?? "",
            signature: signed.signature, nonce: nonce)
    }
}

/// Builds the request again and asks STS whose it is.
public struct IdentityProofVerifier: Sendable {
    private let endpoint: Endpoint
    private let region: String
    private let transfer: TransferClient

    /// Seconds for the whole question.
    public static let deadline: Duration = .seconds(10)

    /// `settings` are the verifier's own: a proof says nothing about where it is sent.
    public init(settings: AWSSettings, transfer: TransferClient) throws(EndpointError) {
        region = try settings.requiredRegion()
        endpoint = try settings.endpoint(.sts, region: region)
        self.transfer = transfer
    }

    /// Asks once, without redirects. Throws `IdentityProofError` for a part that has not its form,
    /// `ServiceError` where STS refuses, `TransferError` where it cannot be reached.
    public func verify(
        _ parts: IdentityProofParts, serverID: String
    ) async throws -> CallerIdentity {
        let request = try request(parts, serverID: serverID)
        let limits = TransferLimits(
            total: IdentityProofVerifier.deadline, maximumBody: 64 << 10)
        let response = try await transfer.send(request, limits: limits)
        guard response.isSuccess else { throw refusal(response, parts) }
        return try CallerIdentity.read(response.body)
    }

    /// The exact request that was signed.
    func request(
        _ parts: IdentityProofParts, serverID: String
    ) throws(IdentityProofError) -> HTTPRequest {
        try parts.check(region: region)
        var headers: HTTPHeaders = [
            "host": endpoint.host, "content-type": IdentityProofForm.contentType,
            "x-amz-date": parts.date, IdentityProofForm.serverIDHeader: serverID,
            IdentityProofForm.nonceHeader: parts.nonce,
        ]
        let hasToken = !parts.sessionToken.isEmpty
        if hasToken { headers["x-amz-security-token"] = parts.sessionToken }
        headers["authorization"] = SigV4.authorizationHeader(
            accessKeyID: parts.accessKeyID,
            scope: [String(parts.date.prefix(8)), region, "sts", "aws4_request"],
            signedHeaders: IdentityProofForm.signedHeaders(hasToken: hasToken),
            signature: parts.signature)
        return HTTPRequest(
            "POST", endpoint.url + "/", headers: headers,
            body: .bytes(Array(IdentityProofForm.body.utf8)))
    }

    private func refusal(_ response: HTTPResponse, _ parts: IdentityProofParts) -> ServiceError {
        let details = (try? XMLElement.parse(response.body))?.first("Error")
        return ServiceError(
            service: "sts", operation: "GetCallerIdentity", status: response.status,
            code: details?.value("Code") ?? "",
            message: String((details?.value("Message") ?? "").prefix(ServiceError.maximumMessage)),
            requestID: response.headers["x-amz-request-id"], region: region,
            endpoint: endpoint.url, accessKeyID: parts.accessKeyID, attempts: 1)
    }
}

/// A part of a proof that has not the form that it must have.
public struct IdentityProofError: Error, CustomStringConvertible, Sendable, Equatable {
    /// Such as `date`.
    public var part: String
    public var expected: String

    public var description: String { "identity proof: '\(part)' must be \(expected)" }
}

extension IdentityProofParts {
    static let maximumToken = 8192

    /// Every part is text that goes into a header: it may hold what its kind can hold, no more.
    func check(region expected: String) throws(IdentityProofError) {
        guard date.utf8.count == 16, AWSDate.parse(date) != nil else {
            throw IdentityProofError(part: "date", expected: "like 20260131T235959Z")
        }
        guard region == expected else {
            throw IdentityProofError(part: "region", expected: "'\(expected)', the verifier's own")
        }
        guard (1...128).contains(accessKeyID.utf8.count), accessKeyID.utf8.allSatisfy(isWord) else {
            throw IdentityProofError(part: "access key id", expected: "1 to 128 letters and digits")
        }
        guard signature.utf8.count == 64, let bytes = Hex.decode(signature),
            Hex.encode(bytes) == signature
        else {
            throw IdentityProofError(part: "signature", expected: "64 hexadecimal digits")
        }
        guard sessionToken.utf8.count <= IdentityProofParts.maximumToken,
            sessionToken.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw IdentityProofError(part: "session token", expected: "at most 8192 bytes of ascii")
        }
        guard (1...256).contains(nonce.utf8.count), nonce.utf8.allSatisfy(isWord) else {
            throw IdentityProofError(part: "nonce", expected: "1 to 256 letters and digits")
        }
    }

    private func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
