internal import Host

/// How a loop shows that it turns: it never waits longer than `limit` without saying so.
struct Pace: Sendable {
    /// For one question with its answer's work, and for one wait.
    var limit: Duration
    var turned: @Sendable () -> Void
    var says: @Sendable (String) -> Void

    /// A question takes longer than this only where the network swallows it.
    static let longest = Duration.seconds(60)

    /// Nobody watches.
    static let free = Pace(limit: longest, turned: {}, says: { _ in })

    /// A third of what systemd allows: two turns may be lost.
    static func watched(by notifier: ServiceNotifier) -> Pace {
        Pace(
            limit: min(longest, notifier.watchdog.map { $0 / 3 } ?? longest),
            turned: { notifier.send(.watchdog) }, says: { notifier.send(.status($0)) })
    }

    /// Sleeps in pieces, each of them a turn.
    func sleep(for span: Duration, clock: any Clock<Duration>) async {
        var rest = span
        while rest > .zero, !Task.isCancelled {
            let piece = min(rest, limit)
            try? await clock.sleep(for: piece)
            rest -= piece
            turned()
        }
    }
}
