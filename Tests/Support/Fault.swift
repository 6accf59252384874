internal import FoundationEssentials

/// What a `FaultProxy` does instead of letting a request or its answer through.
public enum Fault: Sendable {
    /// Answers itself; the server does not see the request.
    case answer(status: Int, headers: [String: String] = [:], body: String)
    /// Says that the machine's clock is wrong: the server's is so many seconds ahead of it.
    case clockBehind(seconds: Int)
    /// Ends the connection by a reset once so many bytes of the body were passed on.
    case reset(after: Int)
    /// Ends the connection in an orderly way once so many bytes of the body were passed on.
    case truncate(after: Int)
    /// Passes on so many bytes of the body, then nothing until the client goes.
    case stall(after: Int)
    /// Turns over the bits of one byte of the body.
    case corrupt(at: Int)
    /// Passes on the answer, head and body, one byte at a time with a wait before each.
    case dribble(every: Duration)
    /// Announces so many bytes more than the body has, or fewer, and closes after it.
    case contentLength(off: Int)
    /// Takes the request, and says nothing until the client goes.
    case hang

    /// An error in S3's form; `elements` are further ones of the document, as XML.
    public static func error(
        _ status: Int, _ code: String, _ message: String, headers: [String: String] = [:],
        elements: String = ""
    ) -> Fault {
        let body = """
            <?xml version="1.0" encoding="UTF-8"?>
            <Error><Code>\(code)</Code><Message>\(message)</Message>\(elements)\
            <RequestId>4442587FB7D0A2F9</RequestId><HostId>vOuL</HostId></Error>
            """
        let type = ["Content-Type": "application/xml"]
        return .answer(status: status, headers: type.merging(headers) { $1 }, body: body)
    }

    // Amazon S3 API Reference, "Error responses".
    public static let slowDown = error(503, "SlowDown", "Please reduce your request rate.")
    public static let internalError = error(
        500, "InternalError", "We encountered an internal error. Please try again.")
    public static let expiredToken = error(
        400, "ExpiredToken", "The provided token has expired.")
    public static let invalidToken = error(
        400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
    public static let accessDenied = error(403, "AccessDenied", "Access Denied")

    /// 301: the bucket is in another region, which the client must find and sign for itself.
    public static func elsewhere(_ region: String, bucket: String) -> Fault {
        error(
            301, "PermanentRedirect",
            "The bucket you are attempting to access must be addressed using the specified "
                + "endpoint. Please send all future requests to this endpoint.",
            headers: ["x-amz-bucket-region": region],
            elements: "<Endpoint>\(bucket).s3.\(region).amazonaws.com</Endpoint>"
                + "<Bucket>\(bucket)</Bucket>")
    }

    /// 307 to the URL at which a new bucket is for now.
    public static func temporaryRedirect(to url: String, region: String) -> Fault {
        error(
            307, "TemporaryRedirect",
            "Please re-send this request to the specified temporary endpoint.",
            headers: ["Location": url, "x-amz-bucket-region": region])
    }

    /// The whole of an answer that the proxy makes itself; nil for the other faults.
    func made(for head: HTTPHead) -> [UInt8]? {
        switch self {
        case .answer(let status, let headers, let body):
            var text = "HTTP/1.1 \(status) Fault\r\nContent-Length: \(body.utf8.count)\r\n"
            for (name, value) in headers { text += "\(name): \(value)\r\n" }
            return Array((text + "\r\n" + (head.method == "HEAD" ? "" : body)).utf8)
        case .clockBehind(let seconds):
            return Fault.skewed(head.fields["x-amz-date"] ?? "", seconds).made(for: head)
        default: return nil
        }
    }

    private static func skewed(_ requestTime: String, _ seconds: Int) -> Fault {
        // 20261122T044500Z; a request without it was made when the epoch began.
        let digits = requestTime.filter(\.isNumber).map { $0.wholeNumberValue ?? 0 }
        func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
        var date = DateComponents(year: 1970, month: 1, day: 1)
        if digits.count == 14 {
            date = DateComponents(
                year: number(0..<4), month: number(4..<6), day: number(6..<8),
                hour: number(8..<10), minute: number(10..<12), second: number(12..<14))
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let time = calendar.date(from: date)?.addingTimeInterval(Double(seconds)) ?? Date()
        return error(
            403, "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
            elements: "<RequestTime>\(requestTime)</RequestTime>"
                + "<ServerTime>\(time.formatted(.iso8601))</ServerTime>"
                + "<MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds>")
    }
}
