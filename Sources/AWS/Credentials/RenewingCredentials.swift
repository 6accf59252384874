public import FoundationEssentials

/// Temporary credentials that are fetched anew ahead of their end.
///
/// They are due when less than five minutes, or half of a shorter life, remain. While old ones
/// are valid, a renewal that fails is no error. However many callers wait, one fetch is under way.
public actor RenewingCredentials: CredentialsProvider {
    public static let renewalAhead: TimeInterval = 300
    /// Between two renewals while the old ones are still good.
    public static let retryInterval: TimeInterval = 15

    private let fetch: @Sendable () async throws -> Credentials
    private let now: @Sendable () -> Date
    private var current: (value: Credentials, received: Date)?
    private var notBefore = Date.distantPast
    private var flight: Task<Credentials, any Error>?

    public init(
        now: @escaping @Sendable () -> Date,
        fetch: @escaping @Sendable () async throws -> Credentials
    ) {
        self.now = now
        self.fetch = fetch
    }

    public func credentials() async throws -> Credentials {
        guard let current else { return try await renewed() }
        guard let end = current.value.expiration else { return current.value }
        let life = end.timeIntervalSince(current.received)
        let remaining = end.timeIntervalSince(now())
        if remaining >= min(RenewingCredentials.renewalAhead, life / 2) { return current.value }
        if remaining <= 0 { return try await renewed() }
        guard now() >= notBefore else { return current.value }
        return (try? await renewed()) ?? current.value
    }

    public func credentials(insteadOf refused: Credentials) async throws -> Credentials {
        if let current, current.value != refused { return current.value }
        return try await renewed()
    }

    private func renewed() async throws -> Credentials {
        if let flight { return try await flight.value }
        notBefore = now().addingTimeInterval(
            min(RenewingCredentials.retryInterval, remainingLife / 4))
        let task = Task { try await fetch() }
        flight = task
        defer { flight = nil }
        let value = try await task.value
        current = (value, now())
        return value
    }

    private var remainingLife: TimeInterval {
        guard let end = current?.value.expiration else { return 0 }
        return max(0, end.timeIntervalSince(now()))
    }
}
