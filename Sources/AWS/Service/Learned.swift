internal import Synchronization
internal import Transfer

/// What a client came to know: where buckets are, and whose access keys it signs with.
final class Learned: Sendable {
    static let maximumEntries = 1000

    private struct State {
        var regions: [String: String] = [:]
        var callers: [String: String] = [:]
        var unknown: Set<String> = []
        var unlistable: Set<String> = []
    }

    private let state = Mutex(State())

    func region(of bucket: String) -> String? { state.withLock { $0.regions[bucket] } }

    func set(region: String, of bucket: String) {
        state.withLock { state in
            if state.regions.count >= Learned.maximumEntries { state.regions = [:] }
            state.regions[bucket] = region
        }
    }

    /// Whether this caller was refused to list a bucket.
    func isUnlistable(_ bucket: String) -> Bool {
        state.withLock { $0.unlistable.contains(bucket) }
    }

    func setUnlistable(_ bucket: String) {
        state.withLock { state in
            if state.unlistable.count >= Learned.maximumEntries { state.unlistable = [] }
            state.unlistable.insert(bucket)
        }
    }

    /// The ARN behind an access key, from `ask`, which is asked once even if it has no answer.
    func caller(_ accessKeyID: String, _ ask: () async -> String?) async -> String? {
        let (known, isUnknown) = state.withLock { state in
            (state.callers[accessKeyID], state.unknown.contains(accessKeyID))
        }
        if known != nil || isUnknown { return known }
        let found = await ask()
        state.withLock { state in
            if state.callers.count + state.unknown.count >= Learned.maximumEntries {
                state.callers = [:]
                state.unknown = []
            }
            if let found {
                state.callers[accessKeyID] = found
            } else {
                state.unknown.insert(accessKeyID)
            }
        }
        return found
    }
}

extension ServiceCaller {
    /// Bounds what an explanation may take.
    static let explanationLimits = TransferLimits(
        connect: .seconds(3), total: .seconds(5), maximumBody: 1 << 16)

    /// An error of S3 with the caller's ARN, where a refusal asks for it and it can be had. Where
    /// S3 is another's and STS is AWS's, no key is shown to AWS.
    ///
    /// To a caller who may list a folder of a bucket and not the whole of it, S3 says 403 of a key
    /// that does not exist. A listing of that key tells, and then the error says 404.
    func explained(
        _ error: ServiceError, _ call: Call, _ credentials: Credentials
    ) async -> ServiceError {
        guard service == .s3, error.isAccessDenied else { return error }
        var error = error
        if await isAbsent(call, credentials) {
            error.status = 404
            error.code = "NoSuchKey"
            error.message = "S3 said 403; a listing says that there is no such key"
            return error
        }
        error.callerARN = error.callerInMessage
        if error.callerARN == nil,
            settings.endpoints[.s3] == nil || settings.endpoints[.sts] != nil
        {
            error.callerARN = await learned.caller(credentials.accessKeyID) {
                var settings = settings
                settings.region = error.region
                let client = try? STSClient(
                    settings: settings, credentials: StaticCredentials(credentials),
                    transfer: transfer, now: now)
                let identity = try? await client?.getCallerIdentity(
                    retry: .none, limits: ServiceCaller.explanationLimits)
                return identity?.arn
            }
        }
        return error
    }

    private func isAbsent(_ call: Call, _ credentials: Credentials) async -> Bool {
        guard ["GetObject", "HeadObject"].contains(call.operation), let bucket = call.bucket,
            let key = call.key, !learned.isUnlistable(bucket)
        else { return false }
        var list = Call(operation: "ListObjectsV2", method: "GET", bucket: bucket)
        list.path = settings.usesHost(bucket, endpoint) ? "/" : "/\(bucket)"
        list.query = "list-type=2&max-keys=1&prefix=\(URIEncoding.encode(key))"
        let answer = try? await transfer.send(
            request(list, credentials), limits: ServiceCaller.explanationLimits)
        if answer?.status == 403 { learned.setUnlistable(bucket) }
        guard let answer, answer.isSuccess, let document = try? XMLElement.parse(answer.body),
            document.name == "ListBucketResult"
        else { return false }
        // Of all keys that begin with it, the key itself comes first.
        return document.all("Contents").first?["Key"]?.text != key
    }
}
