internal import Digests
public import FoundationEssentials
public import Transfer

/// AWS Signature Version 4, in the Authorization header. Nothing but a function of its arguments.
///
/// AWS General Reference, "Signing AWS API requests".
public enum SigV4 {
    public static let algorithm = "AWS4-HMAC-SHA256"
    /// SHA-256 of nothing.
    public static let emptyPayload =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// How the path enters the canonical request.
    public enum PathStyle: Sendable {
        /// Dot segments and doubled slashes are resolved and the path is encoded once more.
        case normalized
        /// As it is sent. S3 alone, where every path is a different object.
        case s3
    }

    /// What is signed. `path` and `query` are as they are sent; all `headers` are signed, and
    /// `host` must be among them.
    public struct Request: Sendable {
        public var method: String
        public var path: String
        public var query: String
        public var headers: HTTPHeaders
        /// Lower-case hexadecimal SHA-256 of the body.
        public var payloadHash: String

        public init(
            method: String, path: String, query: String = "", headers: HTTPHeaders,
            payloadHash: String = SigV4.emptyPayload
        ) {
            self.method = method
            self.path = path
            self.query = query
            self.headers = headers
            self.payloadHash = payloadHash
        }
    }

    /// A signature, and what it was made of for whoever must find out why one was refused.
    public struct Signature: Sendable, Equatable {
        /// Lower-case hexadecimal.
        public var signature: String
        public var canonicalRequest: String
        public var stringToSign: String
        public var authorization: String
        /// The request's headers with x-amz-date, x-amz-security-token, for S3
        /// x-amz-content-sha256, and authorization.
        public var headers: HTTPHeaders
    }

    /// Signs a request; the session token, if there is one, is signed with it.
    public static func sign(
        _ request: Request, credentials: Credentials, region: String, service: String, date: Date,
        style: PathStyle = .normalized
    ) -> Signature {
        var headers = request.headers
        let stamp = AWSDate.basic(date)
        headers["x-amz-date"] = stamp
        if let token = credentials.sessionToken { headers["x-amz-security-token"] = token }
        if style == .s3 { headers["x-amz-content-sha256"] = request.payloadHash }
        let (canonicalHeaders, names) = canonical(headers)
        let canonicalRequest = [
            request.method,
            style == .s3 ? request.path : URIEncoding.encodePath(normalized(request.path)),
            canonicalQuery(request.query), canonicalHeaders, names, request.payloadHash,
        ].joined(separator: "\n")
        let scope = [String(stamp.prefix(8)), region, service, "aws4_request"]
        let stringToSign = [
            algorithm, stamp, scope.joined(separator: "/"),
            Digest.of(Array(canonicalRequest.utf8)).hex,
        ].joined(separator: "\n")
        let key = scope.reduce(Array("AWS4\(credentials.secretAccessKey)".utf8)) { key, part in
            hmacSHA256(key: key, Array(part.utf8))
        }
        let signature = Hex.encode(hmacSHA256(key: key, Array(stringToSign.utf8)))
        let authorization = authorizationHeader(
            accessKeyID: credentials.accessKeyID, scope: scope, signedHeaders: names,
            signature: signature)
        headers["authorization"] = authorization
        return Signature(
            signature: signature, canonicalRequest: canonicalRequest, stringToSign: stringToSign,
            authorization: authorization, headers: headers)
    }

    static func authorizationHeader(
        accessKeyID: String, scope: [String], signedHeaders: String, signature: String
    ) -> String {
        "\(algorithm) Credential=\(accessKeyID)/\(scope.joined(separator: "/")), "
            + "SignedHeaders=\(signedHeaders), Signature=\(signature)"
    }

    /// Lower-case names in order, values trimmed and their blanks collapsed; fields of one name
    /// are joined by a comma in the order in which they came.
    private static func canonical(_ headers: HTTPHeaders) -> (lines: String, names: String) {
        var values: [String: [String]] = [:]
        for field in headers.fields {
            let words = field.value.split { $0 == " " || $0 == "\t" || $0.isNewline }
            values[field.name.lowercased(), default: []].append(words.joined(separator: " "))
        }
        let names = values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let lines = names.map { "\($0):\((values[$0] ?? []).joined(separator: ","))\n" }
        return (lines.joined(), names.joined(separator: ";"))
    }

    private static func canonicalQuery(_ query: String) -> String {
        // What is not encoded yet (only a caller's raw text can be) is encoded here.
        let pairs = URIEncoding.encode(query, keeping: "%&=").split(separator: "&").map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Array(halves[0].utf8), halves.count > 1 ? Array(halves[1].utf8) : [])
        }
        let sorted = pairs.sorted { one, other in
            one.0 == other.0
                ? one.1.lexicographicallyPrecedes(other.1)
                : one.0.lexicographicallyPrecedes(other.0)
        }
        return sorted.map { pair in
            String(decoding: pair.0 + [UInt8(ascii: "=")] + pair.1, as: UTF8.self)
        }.joined(separator: "&")
    }

    /// RFC 3986, section 5.2.4, and empty segments dropped.
    private static func normalized(_ path: String) -> String {
        var segments: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
        }
        guard !segments.isEmpty else { return "/" }
        return "/" + segments.joined(separator: "/") + (path.hasSuffix("/") ? "/" : "")
    }
}
