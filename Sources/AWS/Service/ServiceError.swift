internal import Transfer

/// A refusal by an AWS service, with what it takes to find out why.
public struct ServiceError: Error, Sendable, Equatable {
    /// `s3`, `sts` or `ec2`.
    public var service: String
    /// Such as `GetObject`.
    public var operation: String
    public var status: Int
    /// The service's own word, such as `NoSuchKey`; empty where the answer has none (HEAD).
    public var code: String
    public var message: String
    public var requestID: String?
    public var region: String
    public var endpoint: String
    public var bucket: String?
    public var key: String?
    /// The access key that signed.
    public var accessKeyID: String
    public var attempts: Int

    static let expiredCodes: Set = [
        "ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired",
    ]
    static let maximumMessage = 400

    public var isExpiredToken: Bool { ServiceError.expiredCodes.contains(code) }
    public var isNotFound: Bool { status == 404 || code.hasSuffix(".NotFound") }
    /// An If-Match or If-None-Match that did not hold, or lost a race.
    public var isPreconditionFailed: Bool {
        status == 412 || code == "ConditionalRequestConflict"
    }
}

extension ServiceError: CustomStringConvertible {
    public var description: String {
        var place = "region '\(region)', endpoint '\(endpoint)', key id '\(accessKeyID)'"
        if let bucket {
            place = "bucket '\(bucket)'" + (key.map { ", key '\($0)'" } ?? "") + ", " + place
        }
        let reason = [code, message].filter { !$0.isEmpty }.joined(separator: ", ")
        let id = requestID.map { ", request \($0)" } ?? ""
        let tries = attempts > 1 ? ", \(attempts) attempts" : ""
        let detail = reason.isEmpty ? "" : " (\(reason))"
        return "\(service) \(operation) answered \(status)\(detail): \(place)\(id)\(tries)"
            + (hint.map { "; \($0)" } ?? "")
    }

    /// What is likely wrong and what to do about it.
    public var hint: String? {
        switch code {
        case "RequestTimeTooSkewed", "RequestInTheFuture":
            return "this machine's clock is wrong: set it (chrony, systemd-timesyncd)"
        case "SignatureDoesNotMatch", "InvalidSignatureException":
            return "the secret key, the region or the endpoint is not the right one"
        case "InvalidAccessKeyId", "InvalidClientTokenId", "InvalidToken", "AuthFailure":
            return "the service does not know these credentials"
        case _ where isExpiredToken:
            return "the credentials have expired and there were no newer ones"
        case "PermanentRedirect", "AuthorizationHeaderMalformed", "IncorrectEndpoint":
            return "the bucket is in another region: set AWS_REGION"
        case _ where status == 403:
            return "the caller likely lacks \(permission)"
        default:
            return nil
        }
    }

    private var permission: String {
        guard service == "s3" else { return "\(service):\(operation)" }
        let name = bucket ?? "*"
        switch operation {
        case "GetObject", "HeadObject":
            return "s3:GetObject on 'arn:aws:s3:::\(name)/\(key ?? "*")'"
                + ", or the key does not exist and it lacks s3:ListBucket"
        case "ListObjectsV2":
            return "s3:ListBucket on 'arn:aws:s3:::\(name)'"
        default:
            return "s3:\(operation) on 'arn:aws:s3:::\(name)/\(key ?? "*")'"
        }
    }
}

/// An answer that is not what the service's documentation says.
public struct UnreadableAnswer: Error, CustomStringConvertible, Sendable {
    public var service: String
    public var operation: String
    public var reason: String

    public var description: String {
        "\(service) \(operation): the answer is unreadable: \(reason)"
    }
}
