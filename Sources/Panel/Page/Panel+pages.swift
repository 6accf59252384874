extension Panel {
    var pageReader: PageReader {
        PageReader(settings: settings, database: database, time: time)
    }

    var historyKeeper: HistoryKeeper {
        HistoryKeeper(settings: settings, database: database, time: time, logger: logger)
    }

    var pageController: PageController {
        PageController(
            reader: pageReader, metrics: metrics, lister: volumeCareController.lister,
            care: care.care, drains: DrainRepository(database: database),
            balances: BalanceRepository(database: database),
            events: PageEvents(reader: pageReader, access: access, waiters: waiters))
    }
}
