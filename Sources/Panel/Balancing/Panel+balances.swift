internal import Logging

extension Panel {
    static func balanceWorker(
        _ database: PanelDatabase, _ time: PanelTime, _ logger: Logger
    ) -> BalanceWorker {
        BalanceWorker(
            balances: BalanceRepository(database: database), wake: WakeUp(time: time),
            time: time, logger: logger, pollInterval: launchPollInterval)
    }

    var balanceController: BalanceController {
        BalanceController(
            balances: balances.balances, drains: drains.drains, observer: drains.observer,
            masters: election.masters, waiters: waiters, worker: balances.wake, time: time)
    }
}
