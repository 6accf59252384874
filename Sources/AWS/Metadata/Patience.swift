internal import Transfer

/// How long one question to the metadata service goes on, and what it has met so far.
struct Patience {
    static let refusedToken = "status 401: a fresh token was refused"
    static let longestPause: Duration = .seconds(5)

    var attempts = 0
    /// What went wrong last, in words.
    var last = "nothing"
    private let limit: Duration
    /// What each endpoint that did not answer last met.
    private var silences: [(endpoint: String, words: String)] = []
    private let path: String
    private let random: @Sendable () -> Double
    private let sleep: @Sendable (Duration) async throws -> Void
    private let elapsed: @Sendable () -> Duration

    init(
        _ limit: Duration, _ configuration: TransferClient.Configuration, _ path: String
    ) {
        self.limit = limit
        self.path = path
        random = configuration.random
        let clock = configuration.clock
        sleep = { try await clock.sleep(for: $0) }
        elapsed = Patience.stopwatch(clock)
    }

    /// Opens the existential: two instants can be compared only where their clock's type is known.
    private static func stopwatch<C: Clock<Duration>>(
        _ clock: C
    ) -> @Sendable () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }

    /// An endpoint gave no answer at all.
    mutating func isSilent(_ endpoint: String, _ words: String) {
        silences.removeAll { $0.endpoint == endpoint }
        silences.append((endpoint, words))
        last = silences.map(\.words).joined(separator: "; ")
    }

    /// Waits before the next attempt, or throws where the patience would be over by then.
    func pause(_ endpoint: String) async throws {
        let bound = min(Patience.longestPause, .milliseconds(100) * (1 << min(attempts, 16)))
        let wait = bound * (0.5 + random() / 2)
        let passed = elapsed()
        guard passed + wait < limit else {
            let seconds =
                Double(passed.components.seconds)
                + Double(passed.components.attoseconds) / 1e18
            throw error(.noAnswer(seconds: seconds, last: last), endpoint)
        }
        try await sleep(wait)
    }

    func error(
        _ kind: MetadataError.Kind, _ endpoint: String, path: String? = nil
    ) -> MetadataError {
        MetadataError(kind: kind, endpoint: endpoint, path: path ?? self.path, attempts: attempts)
    }
}
