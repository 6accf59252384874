internal import AWS
internal import Transfer

/// What the gateway says before a body.
enum AnswerHead {
    /// Of S3's header what a reader of files can use. Lower case.
    static let passed: Set<String> = [
        "accept-ranges", "cache-control", "content-encoding", "content-length", "content-range",
        "content-type", "etag", "expires", "last-modified", "x-amz-request-id",
    ]

    /// For an answer of S3's that is passed on; nil for what is to be explained.
    static func passing(
        _ status: Int, _ headers: HTTPHeaders, keepsConnection: Bool
    ) -> [UInt8]? {
        guard [200, 206, 304].contains(status) else { return nil }
        var text = "HTTP/1.1 \(status) \(reason(status))\r\n"
        for field in headers.fields where passed.contains(field.name.lowercased()) {
            text += "\(field.name): \(field.value)\r\n"
        }
        let keeps = keepsConnection && isMeasured(status, headers)
        text += "Connection: \(keeps ? "keep-alive" : "close")\r\n\r\n"
        return Array(text.utf8)
    }

    /// Whether the answer's end can be told without the connection's.
    static func isMeasured(_ status: Int, _ headers: HTTPHeaders) -> Bool {
        status == 304 || headers["content-length"] != nil
    }

    /// A whole answer of the gateway's own.
    static func refusing(
        _ refusal: Refusal, keepsConnection: Bool, isHead: Bool = false
    ) -> [UInt8] {
        let body = "howdah gateway: \(refusal.words)\n"
        var text = "HTTP/1.1 \(refusal.status) \(reason(refusal.status))\r\n"
        if refusal.status == 405 { text += "Allow: GET, HEAD\r\n" }
        if refusal.status == 503 { text += "Retry-After: 5\r\n" }
        text += "Content-Type: text/plain; charset=utf-8\r\n"
        text += "Content-Length: \(body.utf8.count)\r\nCache-Control: no-store\r\n"
        text += "Connection: \(keepsConnection ? "keep-alive" : "close")\r\n\r\n"
        return Array((text + (isHead ? "" : body)).utf8)
    }

    /// Whether a client shows of a refusal the last URL alone (librepo, "Status code: 403 for
    /// http://…"), and not its words.
    static func showsURLAlone(_ userAgent: String?) -> Bool {
        userAgent?.hasPrefix("libdnf") ?? false
    }

    /// Leads such a client to a URL that has the words in it, and not the secret.
    static func leading(to refusal: Refusal, keepsConnection: Bool) -> [UInt8] {
        let words = refusal.words.prefix(maximumWords).map { $0 == " " ? "_" : $0 }
        let place = "/\(GatewayRules.explanationName)/\(refusal.status)/"
        return Array(
            """
            HTTP/1.1 302 Found\r
            Location: \(place)\(encoded(String(words)))\r
            Content-Length: 0\r
            Cache-Control: no-store\r
            Connection: \(keepsConnection ? "keep-alive" : "close")\r
            \r

            """.utf8)
    }

    private static let maximumWords = 700

    /// What may stand in a path stays readable (RFC 3986, section 3.3).
    private static func encoded(_ words: String) -> String {
        words.map { "!$&'()*+,;=:@/".contains($0) ? String($0) : URIEncoding.encode(String($0)) }
            .joined()
    }

    static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 206: "Partial Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 416: "Range Not Satisfiable"
        case 417: "Expectation Failed"
        case 431: "Request Header Fields Too Large"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
