internal import FoundationEssentials
internal import Transfer

/// Signs and sends calls to one service, and turns refusals into errors.
struct ServiceCaller: Sendable {
    struct Call: Sendable {
        var operation: String
        var method: String
        /// Encoded, starts with a slash.
        var path = "/"
        /// Encoded.
        var query = ""
        var headers: HTTPHeaders = [:]
        var body: HTTPRequest.Body = .none
        var payloadHash = SigV4.emptyPayload
        var bucket: String?
        var key: String?
        var retry = RetryPolicy.standard
        var limits = TransferLimits.call
        /// False for the few calls that prove who asks in another way.
        var isSigned = true
        /// True for calls that S3 answers with 200 before it knows: the answer may be an error
        /// nevertheless (Amazon S3 API Reference, "CopyObject").
        var failsLate = false
        /// False for calls that go on without an answer, so that nobody looks for the reason.
        var isExplained = true
    }

    let service: AWSSettings.Service
    let style: SigV4.PathStyle
    let settings: AWSSettings
    /// The region that is asked where nothing else is known of a bucket.
    let region: String
    let endpoint: Endpoint
    let credentials: any CredentialsProvider
    let transfer: TransferClient
    let now: @Sendable () -> Date
    let learned = Learned()

    /// A bucket is looked for in so many regions besides the first.
    static let maximumRedirects = 2

    /// Throws where the settings name no region, or no proper endpoint.
    init(
        _ service: AWSSettings.Service, style: SigV4.PathStyle, settings: AWSSettings,
        credentials: any CredentialsProvider, transfer: TransferClient,
        now: @escaping @Sendable () -> Date
    ) throws(EndpointError) {
        self.service = service
        self.style = style
        self.settings = settings
        region = try settings.requiredRegion()
        endpoint = try settings.endpoint(service, region: region)
        self.credentials = credentials
        self.transfer = transfer
        self.now = now
    }

    /// Sends until there is an answer that is a success.
    func send(_ call: Call) async throws -> HTTPResponse {
        try await withCredentials(call) { credentials in
            let response = try await transfer.send(retry: call.retry, limits: call.limits) { _ in
                request(call, credentials)
            }
            let failed = call.failsLate && (try? XMLElement.parse(response.body))?.name == "Error"
            guard response.isSuccess, !failed else { throw error(call, response, credentials) }
            return response
        }
    }

    /// Runs `body`; once more with other credentials where the first ones had expired, and once
    /// more in the region that S3 says the bucket is in.
    func withCredentials<Value>(
        _ call: Call, _ body: (Credentials) async throws -> Value
    ) async throws -> Value {
        var current = try await credentials.credentials()
        var isRenewed = false
        var redirects = 0
        while true {
            // Another call may learn the bucket's region while this one is under way.
            let asked = place(call).region
            do {
                return try await body(current)
            } catch let error as ServiceError {
                if error.isExpiredToken, !isRenewed {
                    let next = try await credentials.credentials(insteadOf: current)
                    guard next != current else { throw error }
                    current = next
                    isRenewed = true
                } else if redirects < ServiceCaller.maximumRedirects,
                    learn(call, error, asked: asked)
                {
                    redirects += 1
                } else if !isRenewed, call.method == "HEAD", error.status == 400,
                    error.code.isEmpty,
                    case let next = try await credentials.credentials(insteadOf: current),
                    next != current
                {
                    // S3's answers to HEAD have no body that would call credentials expired.
                    current = next
                    isRenewed = true
                } else {
                    throw call.isExplained ? await explained(error, call, current) : error
                }
            }
        }
    }

    func request(_ call: Call, _ credentials: Credentials) -> HTTPRequest {
        let place = place(call)
        let path = place.endpoint.basePath + call.path
        let query = call.query.isEmpty ? "" : "?\(call.query)"
        let url = "\(place.endpoint.scheme)://\(place.host)\(path)\(query)"
        guard call.isSigned else {
            return HTTPRequest(call.method, url, headers: call.headers, body: call.body)
        }
        var headers = call.headers
        headers["host"] = place.host
        let signed = SigV4.sign(
            SigV4.Request(
                method: call.method, path: path, query: call.query, headers: headers,
                payloadHash: call.payloadHash),
            credentials: credentials, region: place.region, service: service.rawValue,
            date: now(), style: style)
        return HTTPRequest(call.method, url, headers: signed.headers, body: call.body)
    }

    /// Where a call goes: the endpoint of the bucket's region, with the bucket in the host name
    /// where that can be (its path has the bucket otherwise; see `S3Client`).
    private func place(_ call: Call) -> (region: String, endpoint: Endpoint, host: String) {
        guard service == .s3, let bucket = call.bucket else {
            return (region, endpoint, endpoint.host)
        }
        let region = learned.region(of: bucket) ?? region
        let endpoint =
            region == self.region
            ? endpoint : (try? settings.endpoint(.s3, region: region)) ?? endpoint
        let host =
            settings.usesHost(bucket, endpoint) ? "\(bucket).\(endpoint.host)" : endpoint.host
        return (region, endpoint, host)
    }

    /// Whether an error says of the bucket another region than the one that was asked.
    func learn(_ call: Call, _ error: ServiceError, asked: String) -> Bool {
        guard let bucket = call.bucket, let found = error.bucketRegion, found != asked,
            AWSSettings.isRegion(found), (try? settings.endpoint(.s3, region: found)) != nil
        else { return false }
        learned.set(region: found, of: bucket)
        return true
    }

    func error(
        _ call: Call, _ response: HTTPResponse, _ credentials: Credentials? = nil
    ) -> ServiceError {
        let document = try? XMLElement.parse(response.body)
        let details = document?.first("Error") ?? document
        let message = details?.value("Message") ?? (document == nil ? response.text : "")
        let place = place(call)
        var error = ServiceError(
            service: service.rawValue, operation: call.operation, status: response.status,
            code: details?.value("Code") ?? "",
            message: String(message.prefix(ServiceError.maximumMessage)).singleLine,
            requestID: response.headers["x-amz-request-id"]
                ?? document?.first("RequestId")?.text ?? document?.first("RequestID")?.text,
            region: place.region, endpoint: place.endpoint.url, bucket: call.bucket,
            key: call.key, accessKeyID: credentials?.accessKeyID ?? "",
            attempts: response.attempts)
        if service == .s3 {
            error.bucketRegion =
                response.headers["x-amz-bucket-region"] ?? details?.value("Region")
                ?? details?.value("Endpoint").flatMap(ServiceCaller.region(ofHost:))
        }
        let server = details?.value("ServerTime") ?? details?.value("MaxAllowedSkewServerTime")
        error.secondsAhead = server.flatMap(AWSDate.parse).map { now().timeIntervalSince($0) }
        error.permission = LikelyPermission(call, error).text
        return error
    }

    /// The region in `bucket.s3.eu-west-1.amazonaws.com` or `bucket.s3-eu-west-1.amazonaws.com`.
    static func region(ofHost host: String) -> String? {
        let labels = host.split(separator: ".").map(String.init)
        guard let service = labels.lastIndex(where: { $0 == "s3" || $0.hasPrefix("s3-") }) else {
            return nil
        }
        if labels[service] == "s3" {
            let next = labels.dropFirst(service + 1).first { $0 != "dualstack" }
            return next.flatMap { $0 == "amazonaws" ? AWSSettings.regionOfLastResort : $0 }
        }
        let name = String(labels[service].dropFirst(3))
        return name == "fips" ? labels.dropFirst(service + 1).first { $0 != "dualstack" } : name
    }

    /// The document of an answer.
    func document(_ call: Call, _ response: HTTPResponse) throws -> XMLElement {
        do {
            return try XMLElement.parse(response.body)
        } catch {
            throw UnreadableAnswer(
                service: service.rawValue, operation: call.operation, reason: "\(error)")
        }
    }
}

extension String {
    fileprivate var singleLine: String {
        split(whereSeparator: { $0.isNewline }).map(\.trimmingBlanks).joined(separator: " ")
    }
}
