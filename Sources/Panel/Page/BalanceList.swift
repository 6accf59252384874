internal import PanelAPI

/// Runs of HDFS's balancer: how far each has come, and how it ended.
enum BalanceList {
    /// Nothing where there are none.
    static func section(_ balances: [BalanceView]) -> HTML {
        guard !balances.isEmpty else { return "" }
        return """
            <h2>Balancing HDFS</h2>
            <ul class="drains plain">
            \(HTML(balances.map(item)))</ul>

            """
    }

    private static func item(_ balance: BalanceView) -> HTML {
        let words: HTML =
            balance.state == .failed
            ? "<strong>▲ \(balance.sentence)</strong>" : "\(balance.sentence)"
        return """
            <li class="drain"><p><b>\(balance.state.rawValue)</b>: \(words)</p>
            \(progress(balance))\
            <small>Asked for by \(balance.requestedBy) \(ChartTime.element(balance.startedAt))\
            \(balance.reason.isEmpty ? "" : ", \(balance.reason)"); changed \
            \(ChartTime.element(balance.changedAt))</small></li>

            """
    }

    private static func progress(_ balance: BalanceView) -> HTML {
        guard let round = balance.round, !balance.state.isOver else { return "" }
        let (moved, left) = (Int(round.movedBytes), Int(round.leftBytes))
        return """
            <p><progress max="\(max(1, moved + left))" value="\(moved)" \
            aria-label="bytes that have been moved"></progress></p>

            """
    }
}
