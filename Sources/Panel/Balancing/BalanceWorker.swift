internal import Logging

/// Ends runs of the balancer that nobody took up, and those of which the master said nothing in
/// time: whoever ordered one is told that it failed.
struct BalanceWorker: RoundWorker {
    let balances: BalanceRepository
    let wake: WakeUp
    let time: PanelTime
    let logger: Logger
    let pollInterval: Duration

    func round() async -> Int {
        do { return try await balances.endLapsed(now: time.now()) } catch {
            guard !Task.isCancelled else { return 0 }
            logger.warning("cannot look at balances", metadata: ["error": "\(error)"])
            return 1
        }
    }
}
