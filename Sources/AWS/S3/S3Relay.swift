public import Transfer

extension S3Client {
    /// Asks for an object for somebody else, with their Range and conditions in `headers`, and
    /// passes the answer on to `relay` as it comes. Credentials that have expired are renewed and
    /// the bucket's region is found as for every call; what broke off is continued.
    ///
    /// Throws a `ServiceError` for what S3 refuses and `relay` did not take for an answer to pass
    /// on. Whatever is thrown, `relay` says whether something was sent before it.
    public func relay(
        _ method: String, _ location: S3Location, headers: HTTPHeaders, to relay: SocketRelay,
        retry: RetryPolicy = .standard, limits: TransferLimits = .file
    ) async throws {
        var call = call(
            method == "HEAD" ? "HeadObject" : "GetObject", method, location)
        call.headers = headers
        let first = call
        try await caller.withCredentials(first) { credentials in
            let response = try await caller.transfer.relay(
                to: relay, retry: retry, limits: limits
            ) { _ in
                var call = first
                relay.continueBody(&call.headers)
                return caller.request(call, credentials)
            }
            guard relay.isPassing else { throw caller.error(first, response, credentials) }
        }
    }
}
