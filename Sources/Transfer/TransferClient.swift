public import Digests
internal import Glibc

/// Sends requests and fetches files over HTTP(S), and reads `file:` URLs. Connections are reused.
/// Cancelling the task that waits ends the transfer.
public final class TransferClient: Sendable {
    public struct Configuration: Sendable {
        public var userAgent = "howdah/0.1"
        /// A PEM file of the authorities to trust; nil for the system's.
        public var caBundle: String?
        /// A proxy's URL for all requests; nil for what the environment says (`http_proxy`,
        /// `https_proxy`, `all_proxy` and `no_proxy`, which libcurl reads).
        public var proxy: String?
        /// `sha256//` and base64 each: a server with https must show one of these public keys, and
        /// nothing else is asked of its certificate. Empty: what the authorities have signed.
        public var pinnedKeys: [String] = []
        /// Further transfers to a host wait until one of these is done.
        public var maximumConnectionsPerHost = 32
        /// False: whoever answers is taken for the server. For what proves itself in another way.
        public var verifiesServer = true
        /// Measures the waits between attempts.
        public var clock: any Clock<Duration> = ContinuousClock()
        /// Evenly random in 0...1.
        public var random: @Sendable () -> Double = { Double.random(in: 0...1) }

        public init() {}

        /// With `AWS_CA_BUNDLE` of the environment.
        public init(environment: [String: String]) {
            if let bundle = environment["AWS_CA_BUNDLE"], !bundle.isEmpty { caBundle = bundle }
        }
    }

    public let configuration: Configuration
    private let loop: CurlLoop

    public init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
        loop = CurlLoop.start(
            maximumConnectionsPerHost: configuration.maximumConnectionsPerHost)
    }

    deinit { loop.stop() }

    /// One attempt. Any status is an answer.
    public func send(
        _ request: HTTPRequest, limits: TransferLimits = .call
    ) async throws(TransferError) -> HTTPResponse {
        try await perform(request, limits, MemorySink(limit: limits.maximumBody))
    }

    /// Several attempts, each with a request made anew (a signature has a date). Returns the last
    /// answer, whatever its status; throws the last error, or what `make` throws.
    public func send(
        retry: RetryPolicy, limits: TransferLimits = .call,
        _ make: @Sendable (_ attempt: Int) async throws -> HTTPRequest
    ) async throws -> HTTPResponse {
        try await repeating(retry) { attempt in
            try await self.send(try await make(attempt), limits: limits)
        }
    }

    /// Several attempts, as `send` has them, whose answer goes to `relay`. Returns the last
    /// answer; its body is what `relay` did not pass on.
    public func relay(
        to relay: SocketRelay, retry: RetryPolicy = .standard, limits: TransferLimits = .file,
        _ make: @Sendable (_ attempt: Int) async throws -> HTTPRequest
    ) async throws -> HTTPResponse {
        var response = try await repeating(retry) { attempt in
            let request = try await make(attempt)
            do {
                return try await self.perform(request, limits, relay)
            } catch let error as TransferError where !relay.canContinue {
                throw TransferError(
                    error.kind.isTransient ? .cutShort : error.kind, method: request.method,
                    url: request.url, detail: error.detail)
            }
        }
        if !relay.isPassing { response.body = relay.refusal.bytes }
        return response
    }

    /// Fetches a file: into `path.part` with its digest on the way, and when it is whole and has
    /// the expected digest (if one is given), under its name. An interrupted attempt is continued
    /// by Range where the server's entity tag allows it; with ``Arrival/cached`` and an expected
    /// digest, one of an earlier process too.
    ///
    /// Throws a `TransferError` with `.status` where the last answer was no file; its response
    /// has the body. What `make` throws is passed on.
    public func download(
        to path: String, algorithm: DigestAlgorithm = .sha256, expected: Digest? = nil,
        retry: RetryPolicy = .standard, limits: TransferLimits = .file,
        arrival: Arrival = .durable,
        _ make: @Sendable (_ attempt: Int) async throws -> HTTPRequest
    ) async throws -> Download {
        let arrival = expected == nil ? .durable : arrival
        let file = try PartialFile.open(for: path, arrival).mapError(localError).get()
        let sink = FileSink(
            file: file, algorithm: expected?.algorithm ?? algorithm, limit: limits.maximumBody)
        do {
            let (digest, response) = try await arrived(
                sink, expected, retry, limits, arrival, make)
            if let failure = file.publish() { throw localError(failure) }
            return Download(digest: digest, size: sink.count, response: response)
        } catch {
            if arrival == .durable || sink.count == 0 || !Self.mayContinue(error) {
                file.discard()
            }
            throw error
        }
    }
}

/// A file that was fetched whole.
public struct Download: Sendable, Equatable {
    public var digest: Digest
    /// Bytes.
    public var size: Int64
    /// The last response; its body is empty.
    public var response: HTTPResponse
}

extension TransferClient {
    private func arrived(
        _ sink: FileSink, _ expected: Digest?, _ retry: RetryPolicy, _ limits: TransferLimits,
        _ arrival: Arrival, _ make: (Int) async throws -> HTTPRequest
    ) async throws -> (Digest, HTTPResponse) {
        if arrival == .cached, let failure = sink.inherit() {
            throw TransferError(failure, method: "GET", url: "")
        }
        while true {
            let (request, response) = try await fetch(sink, retry, limits, make)
            let wasInherited = sink.isInherited
            let digest = sink.finish()
            guard let expected, expected != digest else { return (digest, response) }
            // What an earlier process left was of something else, or a power cut had torn it.
            guard wasInherited, sink.restart() == nil else {
                throw TransferError(
                    .digest(expected: "\(expected)", found: "\(digest)"), method: request.method,
                    url: request.url, attempts: response.attempts)
            }
        }
    }

    /// Whether what came so far is a part of what was wanted, as far as anybody knows.
    private static func mayContinue(_ error: any Error) -> Bool {
        switch (error as? TransferError)?.kind {
        case .digest, .bodyTooLarge, .localFile: false
        default: true
        }
    }

    private func fetch(
        _ sink: FileSink, _ retry: RetryPolicy, _ limits: TransferLimits,
        _ make: (Int) async throws -> HTTPRequest
    ) async throws -> (HTTPRequest, HTTPResponse) {
        var last = HTTPRequest("GET", "")
        var response = try await repeating(retry) { attempt in
            var request = try await make(attempt)
            for field in sink.resumeHeaders { request.headers.add(field.name, field.value) }
            last = request
            let response = try await self.perform(request, limits, sink)
            guard response.status == 416, sink.count > 0 else { return response }
            // The file became shorter meanwhile: from the start again.
            throw TransferError(
                sink.restart() ?? .interrupted, method: request.method, url: request.url)
        }
        guard response.isSuccess else {
            response.body = sink.refusal.bytes
            throw TransferError(
                .status(response.status), method: last.method, url: last.url,
                attempts: response.attempts, response: response)
        }
        return (last, response)
    }

    private func repeating(
        _ retry: RetryPolicy, _ once: (Int) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        var attempt = 1
        while true {
            let wait: Duration
            do {
                var response = try await once(attempt)
                response.attempts = attempt
                guard
                    let pause = retry.wait(
                        after: attempt, response: response, random: configuration.random())
                else { return response }
                wait = pause
            } catch var error as TransferError {
                error.attempts = attempt
                guard
                    let pause = retry.wait(
                        after: attempt, error: error, random: configuration.random())
                else { throw error }
                wait = pause
            }
            try await configuration.clock.sleep(for: wait)
            attempt += 1
        }
    }

    func perform(
        _ request: HTTPRequest, _ limits: TransferLimits, _ sink: any BodySink
    ) async throws(TransferError) -> HTTPResponse {
        let settings = CurlSettings(
            userAgent: configuration.userAgent, caBundle: configuration.caBundle,
            proxy: configuration.proxy, pinnedKeys: configuration.pinnedKeys,
            verifiesServer: configuration.verifiesServer)
        let transfer = try CurlTransfer.make(request, limits, settings, sink)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                transfer.finish = { continuation.resume(returning: $0) }
                loop.submit(transfer)
            }
        } onCancel: {
            loop.cancel(transfer)
        }
        return try result.get()
    }

    private func localError(_ failure: SystemFailure) -> TransferError {
        TransferError(
            .localFile(path: failure.path, errno: failure.code), method: "GET",
            url: "file://\(failure.path)")
    }
}
