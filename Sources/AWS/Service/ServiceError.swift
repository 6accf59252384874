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
    /// The region that was asked.
    public var region: String
    public var endpoint: String
    public var bucket: String?
    public var key: String?
    /// The access key that signed.
    public var accessKeyID: String
    public var attempts: Int
    /// Where S3 says that the bucket is.
    public var bucketRegion: String?
    /// Who the caller is, as far as that could be found out.
    public var callerARN: String?
    /// What the caller likely lacks, where it was refused.
    public var permission: String?
    /// How far this machine's clock is ahead of the service's; negative where it is behind.
    public var secondsAhead: Double?

    init(
        service: String, operation: String, status: Int, code: String, message: String,
        requestID: String?, region: String, endpoint: String, bucket: String? = nil,
        key: String? = nil,
        accessKeyID: String, attempts: Int
    ) {
        self.service = service
        self.operation = operation
        self.status = status
        self.code = code
        self.message = message
        self.requestID = requestID
        self.region = region
        self.endpoint = endpoint
        self.bucket = bucket
        self.key = key
        self.accessKeyID = accessKeyID
        self.attempts = attempts
    }

    static let expiredCodes: Set = [
        "ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired",
    ]
    static let maximumMessage = 400

    public var isExpiredToken: Bool { ServiceError.expiredCodes.contains(code) }
    public var isNotFound: Bool { status == 404 || code.hasSuffix(".NotFound") }
    /// An If-Match or If-None-Match that did not hold, or lost a race.
    public var isPreconditionFailed: Bool {
        status == 412 || ["PreconditionFailed", "ConditionalRequestConflict"].contains(code)
    }
    /// The caller is known, and may not do this.
    public var isAccessDenied: Bool {
        status == 403 && ["", "AccessDenied", "UnauthorizedOperation", "Forbidden"].contains(code)
    }
}

extension ServiceError: CustomStringConvertible {
    public var description: String {
        var place = "region '\(region)', endpoint '\(endpoint)'"
        if !accessKeyID.isEmpty { place += ", key id '\(accessKeyID)'" }
        if let bucket {
            place = "bucket '\(bucket)'" + (key.map { ", key '\($0)'" } ?? "") + ", " + place
        }
        if let callerARN { place += ", caller '\(callerARN)'" }
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
            return "this machine's clock is wrong\(skew): set it (chrony, systemd-timesyncd)"
        case "SignatureDoesNotMatch", "InvalidSignatureException":
            return "the secret key, the region or the endpoint is not the right one"
        case "InvalidAccessKeyId", "InvalidClientTokenId", "InvalidToken", "AuthFailure":
            return "the service does not know these credentials"
        case _ where isExpiredToken:
            return "the credentials have expired and there were no newer ones"
        case "PermanentRedirect", "AuthorizationHeaderMalformed", "IncorrectEndpoint":
            return "the bucket is in another region"
                + (bucketRegion.map { ", '\($0)'" } ?? "") + ": set AWS_REGION"
        case _ where message.contains("kms") && permission != nil && status == 403:
            return "the caller likely lacks \(permission ?? "")"
                + " (the key's own policy must allow it too)"
        case _ where status == 403:
            return permission.map { "the caller likely lacks \($0)" }
        default:
            return nil
        }
    }

    private var skew: String {
        guard let secondsAhead else { return "" }
        let seconds = Int(abs(secondsAhead).rounded())
        let amount =
            seconds < 120
            ? "\(seconds) s"
            : seconds < 7200 ? "\((seconds + 30) / 60) min" : "\(seconds / 3600) h"
        return ", \(amount) \(secondsAhead > 0 ? "ahead of" : "behind") the service's"
    }

    /// AWS's messages begin with `User: ARN is not authorized`.
    var callerInMessage: String? {
        guard let mark = message.firstRange(of: "User: arn:") else { return nil }
        return "arn:" + message[mark.upperBound...].prefix { !$0.isWhitespace }
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
