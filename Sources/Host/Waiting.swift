/// A wait that ended without what was waited for.
public struct DeadlinePassed: Error, CustomStringConvertible, Equatable {
    /// What was waited for, as the end of "waited for …".
    public let what: String
    public let limit: Duration

    public init(what: String, limit: Duration) {
        self.what = what
        self.limit = limit
    }

    public var description: String { "waited \(limit) for \(what)" }
}

/// Asks again and again until there is an answer or the deadline has passed. Asks once at least.
public func poll<Value>(
    every interval: Duration, for limit: Duration, clock: any Clock<Duration>, what: String,
    isolation: isolated (any Actor)? = #isolation, _ ask: () async throws -> Value?
) async throws -> Value {
    let isOver = alarm(clock, after: limit)
    while true {
        if let value = try await ask() { return value }
        if isOver() { throw DeadlinePassed(what: what, limit: limit) }
        try await clock.sleep(for: interval)
    }
}

/// Two instants can be compared only where their clock's type is known: opens the existential.
private func alarm(_ clock: some Clock<Duration>, after span: Duration) -> () -> Bool {
    let end = clock.now.advanced(by: span)
    return { clock.now >= end }
}
