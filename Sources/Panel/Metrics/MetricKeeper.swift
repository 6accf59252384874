internal import Logging
internal import ServiceLifecycle

/// Sums up and thins out what was measured, every few seconds.
struct MetricKeeper: Service {
    static let interval = Duration.seconds(10)
    /// Rounds of `MetricStore.maximumWork` in a row; then writers of heartbeats have their turn.
    static let maximumRounds = 20
    /// Below this share of the limit raw rows may last longer again.
    static let easyShare = 0.8

    let store: MetricStore
    /// Bytes that the database may have in use.
    let limit: Int
    let time: PanelTime
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var rawSeconds = MetricStore.rawSeconds
            var host = 0
            while !Task.isCancelled {
                do {
                    if try await isSummedUp() {
                        rawSeconds = try await self.rawSeconds(after: rawSeconds)
                        host = try await store.thinOut(
                            after: host, rawSeconds: rawSeconds, now: time.now())
                    }
                } catch {
                    logger.warning("cannot keep metrics", metadata: ["error": "\(error)"])
                }
                try await time.sleep(Self.interval)
            }
        }
    }

    /// Sums up what is over. False where there is more than fits into one turn.
    private func isSummedUp() async throws -> Bool {
        for _ in 0..<Self.maximumRounds {
            let done = try await store.sumUp(now: time.now())
            if done < MetricStore.maximumWork { return true }
        }
        return false
    }

    /// How long raw rows last from now on: shorter while the database is above its limit.
    private func rawSeconds(after seconds: Double) async throws -> Double {
        let used = try await store.usedBytes()
        let next = Self.rawSeconds(after: seconds, used: used, limit: limit)
        if next < seconds {
            logger.warning(
                "the database is above its limit; raw metrics last shorter",
                metadata: [
                    "bytes": "\(used)", "limit": "\(limit)", "hours": "\(next / 3600)",
                ])
        }
        return next
    }

    /// Deciding only.
    static func rawSeconds(after seconds: Double, used: Int, limit: Int) -> Double {
        if used > limit { return max(MetricStore.minimumRawSeconds, seconds * 0.9) }
        let isEasy = Double(used) < Double(limit) * easyShare
        return isEasy ? min(MetricStore.rawSeconds, seconds * 1.01) : seconds
    }
}
