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
    }

    let service: AWSSettings.Service
    let style: SigV4.PathStyle
    let region: String
    let endpoint: Endpoint
    let credentials: any CredentialsProvider
    let transfer: TransferClient
    let now: @Sendable () -> Date

    /// Sends until there is an answer that is a success.
    func send(_ call: Call) async throws -> HTTPResponse {
        try await withCredentials(call) { credentials in
            let response = try await transfer.send(retry: call.retry, limits: call.limits) { _ in
                request(call, credentials)
            }
            guard response.isSuccess else { throw error(call, response, credentials) }
            return response
        }
    }

    /// Runs `body`, and once more with other credentials where the first ones had expired.
    func withCredentials<Value>(
        _ call: Call, _ body: (Credentials) async throws -> Value
    ) async throws -> Value {
        let first = try await credentials.credentials()
        do {
            return try await body(first)
        } catch let error as ServiceError where error.isExpiredToken {
            let next = try await credentials.credentials(insteadOf: first)
            guard next != first else { throw error }
            return try await body(next)
        }
    }

    func request(_ call: Call, _ credentials: Credentials) -> HTTPRequest {
        let path = endpoint.basePath + call.path
        var headers = call.headers
        headers["host"] = host(call)
        let signed = SigV4.sign(
            SigV4.Request(
                method: call.method, path: path, query: call.query, headers: headers,
                payloadHash: call.payloadHash),
            credentials: credentials, region: region, service: service.rawValue, date: now(),
            style: style)
        let query = call.query.isEmpty ? "" : "?\(call.query)"
        return HTTPRequest(
            call.method, "\(endpoint.scheme)://\(host(call))\(path)\(query)",
            headers: signed.headers, body: call.body)
    }

    /// AWS's S3 has the bucket in the host name, unless its name has a dot, which no certificate
    /// covers; an override has it in the path (see `S3Client`).
    private func host(_ call: Call) -> String {
        guard service == .s3, let bucket = call.bucket, S3Client.usesHost(bucket, endpoint) else {
            return endpoint.host
        }
        return "\(bucket).\(endpoint.host)"
    }

    func error(
        _ call: Call, _ response: HTTPResponse, _ credentials: Credentials? = nil
    ) -> ServiceError {
        let document = try? XMLElement.parse(response.body)
        let details = document?.first("Error") ?? document
        let message = details?.value("Message") ?? (document == nil ? response.text : "")
        return ServiceError(
            service: service.rawValue, operation: call.operation, status: response.status,
            code: details?.value("Code") ?? "",
            message: String(message.prefix(ServiceError.maximumMessage)).singleLine,
            requestID: response.headers["x-amz-request-id"]
                ?? document?.first("RequestId")?.text ?? document?.first("RequestID")?.text,
            region: region, endpoint: endpoint.url, bucket: call.bucket, key: call.key,
            accessKeyID: credentials?.accessKeyID ?? "", attempts: response.attempts)
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
