internal import FoundationEssentials
public import Transfer

extension S3Client {
    /// What CopyObject copies at most; more goes by parts.
    public static let maximumSingleCopy: Int64 = 5 << 30

    /// Whether both speak to the same store, so that one can copy what the other names.
    public func isSameStore(as other: S3Client) -> Bool {
        caller.endpoint == other.caller.endpoint
    }

    /// Copies an object at the store, without fetching it, and returns the copy's entity tag.
    ///
    /// `sourceTag` makes sure that it is still that content (a ServiceError whose
    /// `isPreconditionFailed` is true says that it is not), `condition` is about the destination,
    /// for the stores that know conditional copies. Content type and cache control come from the
    /// source unless `options` name either of them; then both are of `options`. The same holds for
    /// the tags up to `maximumSingleCopy`; what goes by parts has the tags of `options` alone.
    public func copy(
        _ source: S3Location, to destination: S3Location, sourceTag: String? = nil,
        options: S3PutOptions = S3PutOptions(), condition: S3Condition? = nil,
        retry: RetryPolicy = .standard, limits: TransferLimits = .file
    ) async throws -> String {
        guard let found = try await head(source) else {
            throw missing(source)
        }
        let tag = sourceTag ?? found.entityTag
        if let size = found.size, size > S3Client.maximumSingleCopy {
            return try await copyByParts(
                S3CopySource(location: source, size: size, tag: tag, metadata: found),
                to: destination, options: options, condition: condition)
        }
        var call = call("CopyObject", "PUT", destination)
        call.headers = options.headers
        if options.contentType != nil || options.cacheControl != nil {
            call.headers["x-amz-metadata-directive"] = "REPLACE"
        }
        if !options.tags.isEmpty { call.headers["x-amz-tagging-directive"] = "REPLACE" }
        call.headers.set(condition)
        call.headers["x-amz-copy-source"] = S3Client.copySource(source)
        call.headers["x-amz-copy-source-if-match"] = tag
        call.retry = retry
        call.limits = limits
        let document = try await completed(call)
        guard let copied = document.value("ETag") else {
            throw UnreadableAnswer(
                service: "s3", operation: call.operation, reason: "there is no entity tag")
        }
        return copied
    }

    static func copySource(_ location: S3Location) -> String {
        "/\(location.bucket)/\(URIEncoding.encodePath(location.key))"
    }

    /// Sends a call whose success may still turn out to be an error: S3 answers 200 before it has
    /// copied or put together what may take minutes.
    func completed(_ call: ServiceCaller.Call) async throws -> XMLElement {
        var call = call
        call.failsLate = true
        var attempt = 1
        while true {
            do {
                return try caller.document(call, try await caller.send(call))
            } catch var error as ServiceError where error.status == 200 {
                error.attempts = attempt
                // Its status says nothing; these two codes ask for another attempt.
                guard ["InternalError", "SlowDown"].contains(error.code),
                    attempt < call.retry.attempts
                else { throw error }
            }
            try await caller.transfer.configuration.clock.sleep(
                for: .milliseconds(200) * (1 << min(attempt, 5)))
            attempt += 1
        }
    }

    private func missing(_ location: S3Location) -> ServiceError {
        ServiceError(
            service: "s3", operation: "CopyObject", status: 404, code: "NoSuchKey", message: "",
            requestID: nil, region: caller.region, endpoint: caller.endpoint.url,
            bucket: location.bucket, key: location.key, accessKeyID: "", attempts: 1)
    }
}

/// What is copied.
struct S3CopySource: Sendable {
    var location: S3Location
    /// Bytes.
    var size: Int64
    var tag: String?
    var metadata: S3Metadata
}
