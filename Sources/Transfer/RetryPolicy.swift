/// Which failures are tried again, how often, and after what wait.
///
/// The wait is "full jitter": evenly random between nothing and a bound that doubles with each
/// attempt (AWS Architecture Blog, "Exponential Backoff And Jitter").
public struct RetryPolicy: Sendable, Equatable {
    /// Which broken transfers may be tried again.
    public enum Transport: Sendable, Equatable {
        case never
        /// Only where the request cannot have arrived: no name, no connection.
        case beforeSending
        case always
    }

    /// Attempts in all; 1 is no retry.
    public var attempts: Int
    public var base: Duration
    public var cap: Duration
    public var statuses: Set<Int>
    public var transport: Transport
    /// A server's Retry-After beyond this ends the attempts.
    public var maximumRetryAfter: Duration

    public static let retriableStatuses: Set<Int> = [408, 429, 500, 502, 503, 504]

    public init(
        attempts: Int = 5, base: Duration = .milliseconds(200), cap: Duration = .seconds(10),
        statuses: Set<Int> = RetryPolicy.retriableStatuses, transport: Transport = .always,
        maximumRetryAfter: Duration = .seconds(60)
    ) {
        self.attempts = attempts
        self.base = base
        self.cap = cap
        self.statuses = statuses
        self.transport = transport
        self.maximumRetryAfter = maximumRetryAfter
    }

    public static let standard = RetryPolicy()
    public static let none = RetryPolicy(attempts: 1)

    /// The wait before the next attempt; nil if there is none. `attempt` counts from 1, `random`
    /// is in 0...1.
    public func wait(after attempt: Int, response: HTTPResponse, random: Double) -> Duration? {
        guard attempt < attempts, statuses.contains(response.status) else { return nil }
        let jittered = backoff(after: attempt, random: random)
        guard let asked = RetryAfter.duration(in: response.headers) else { return jittered }
        return asked > maximumRetryAfter ? nil : max(asked, jittered)
    }

    /// As above, for an attempt that brought no answer.
    public func wait(after attempt: Int, error: TransferError, random: Double) -> Duration? {
        guard attempt < attempts else { return nil }
        let retriable =
            switch transport {
            case .never: false
            case .beforeSending: error.kind.isBeforeSending
            case .always: error.kind.isTransient
            }
        return retriable ? backoff(after: attempt, random: random) : nil
    }

    private func backoff(after attempt: Int, random: Double) -> Duration {
        let doublings = min(attempt - 1, 30)
        return min(cap, base * (1 << doublings)) * random
    }
}
