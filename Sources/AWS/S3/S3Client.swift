public import Digests
public import FoundationEssentials
public import Host
public import Transfer

/// Objects in S3, or in a store that speaks its API. Throws `ServiceError` for what S3 refuses,
/// `TransferError` for what did not get there, `CredentialsError` where there is nobody to sign.
public struct S3Client: Sendable {
    let caller: ServiceCaller
    /// Which files go by parts, and by which.
    public var partSizes = S3PartSizes.standard

    /// Where a bucket is, S3 says: the settings' region, if there is one, is only the first that is
    /// asked. Throws an `EndpointError` where there is no proper endpoint.
    public init(
        settings: AWSSettings, credentials: any CredentialsProvider, transfer: TransferClient,
        now: @escaping @Sendable () -> Date = WallClock.now
    ) throws(EndpointError) {
        caller = try ServiceCaller(
            .s3, style: .s3, settings: settings.withSomeRegion, credentials: credentials,
            transfer: transfer, now: now)
    }

    /// Fetches an object that fits into memory, or some bytes of one (fewer where it ends before).
    /// `entityTag` makes sure that it is still that object. `retry` bounds all attempts together.
    public func get(
        _ location: S3Location, range: Range<Int64>? = nil, entityTag: String? = nil,
        retry: RetryPolicy = .standard, limits: TransferLimits = .call
    ) async throws -> S3Object {
        var call = call("GetObject", "GET", location)
        if let range, !range.isEmpty {
            call.headers["range"] = "bytes=\(range.lowerBound)-\(range.upperBound - 1)"
        }
        call.headers["if-match"] = entityTag
        call.retry = retry
        call.limits = limits
        let response = try await caller.send(call)
        return S3Object(bytes: response.body, metadata: S3Metadata(response))
    }

    /// Fetches an object into a file, which appears under its name only when it is whole and has
    /// the expected digest (if one is given). See `TransferClient.download`.
    public func download(
        _ location: S3Location, to path: String, algorithm: DigestAlgorithm = .sha256,
        expected: Digest? = nil, retry: RetryPolicy = .standard, limits: TransferLimits = .file,
        arrival: Arrival = .durable
    ) async throws -> Download {
        let call = call("GetObject", "GET", location)
        return try await caller.withCredentials(call) { credentials in
            do {
                return try await caller.transfer.download(
                    to: path, algorithm: algorithm, expected: expected, retry: retry,
                    limits: limits, arrival: arrival
                ) { _ in caller.request(call, credentials) }
            } catch let error as TransferError {
                guard case .status = error.kind, let response = error.response else { throw error }
                throw caller.error(call, response, credentials)
            }
        }
    }

    /// What S3 knows of an object; nil where it says that there is none.
    public func head(_ location: S3Location) async throws -> S3Metadata? {
        do {
            return S3Metadata(try await caller.send(call("HeadObject", "HEAD", location)))
        } catch let error as ServiceError where error.status == 404 {
            return nil
        }
    }

    /// Stores an object and returns its entity tag. With `condition`, a ServiceError whose
    /// `isPreconditionFailed` is true says that another writer was there.
    ///
    /// S3 checks what arrives against the SHA-256 that is sent with it. A big file goes by parts
    /// (see ``S3PartSizes``); `progress` is told the bytes of each part, or of the whole, once it
    /// is stored.
    public func put(
        _ content: S3Content, to location: S3Location, options: S3PutOptions = S3PutOptions(),
        condition: S3Condition? = nil, retry: RetryPolicy = .standard,
        limits: TransferLimits = .file, progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws -> String {
        let size = try content.size
        if case .file(let path, let sha256) = content, size >= partSizes.threshold {
            return try await putByParts(
                PartedPut(
                    path: path, location: location, options: options, condition: condition,
                    progress: progress),
                sha256: sha256, retry: retry, limits: limits)
        }
        var call = call("PutObject", "PUT", location)
        call.headers = options.headers
        call.headers["content-type"] = options.contentType ?? "application/octet-stream"
        call.headers.set(condition)
        (call.body, call.payloadHash) = content.prepared
        call.headers["x-amz-checksum-sha256"] = S3Client.checksum(hexadecimal: call.payloadHash)
        call.retry = retry
        call.limits = limits
        let response = try await caller.send(call)
        guard let tag = response.headers["etag"] else {
            throw UnreadableAnswer(
                service: "s3", operation: "PutObject", reason: "there is no entity tag")
        }
        progress(size)
        return tag
    }

    /// A digest as the checksum headers have it, in Base64; nil if it is no hexadecimal.
    static func checksum(hexadecimal: String) -> String? {
        Hex.decode(hexadecimal).map { Data($0).base64EncodedString() }
    }

    /// Removes an object. One that does not exist is no error (S3 says so).
    public func delete(_ location: S3Location) async throws {
        _ = try await caller.send(call("DeleteObject", "DELETE", location))
    }

    /// The region that a bucket is in (HeadBucket); nil where the store does not say.
    public func region(of bucket: String) async throws -> String? {
        let call = call("HeadBucket", "HEAD", S3Location(bucket: bucket, key: ""))
        return try await caller.send(call).headers["x-amz-bucket-region"]
    }

    /// Makes a bucket in the client's region.
    public func createBucket(_ bucket: String) async throws {
        var call = call("CreateBucket", "PUT", S3Location(bucket: bucket, key: ""))
        // us-east-1 is the one region that must not be named.
        if !caller.endpoint.isOverride, caller.region != "us-east-1" {
            let text =
                "<CreateBucketConfiguration><LocationConstraint>\(caller.region)"
                + "</LocationConstraint></CreateBucketConfiguration>"
            (call.body, call.payloadHash) = S3Content.bytes(Array(text.utf8)).prepared
        }
        _ = try await caller.send(call)
    }

    func call(
        _ operation: String, _ method: String, _ location: S3Location
    ) -> ServiceCaller.Call {
        var path = "/" + URIEncoding.encodePath(location.key)
        if !caller.settings.usesHost(location.bucket, caller.endpoint) {
            path = "/\(location.bucket)" + (location.key.isEmpty ? "" : path)
        }
        return ServiceCaller.Call(
            operation: operation, method: method, path: path, bucket: location.bucket,
            key: location.key.isEmpty ? nil : location.key)
    }
}
