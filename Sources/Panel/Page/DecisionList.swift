internal import PanelAPI

/// Decisions of the autoscaler, each with what it was made of.
enum DecisionList {
    static func render(_ decisions: [DecisionView], prefix: String) -> HTML {
        "<ol class=\"decisions\" reversed>\n\(HTML(decisions.map { item($0, prefix) }))</ol>\n"
    }

    private static func item(_ decision: DecisionView, _ prefix: String) -> HTML {
        """
        <li class="\(decision.outcome)"><details id="\(prefix)-\(ChartTime.stamp(decision.at))">\
        <summary>\(ChartTime.element(decision.at)) \(mark(decision.outcome)) \
        \(decision.sentence)\(decision.mode == "advise" ? " (advice only)" : "")</summary>
        <dl>
        <dt>Nodes in the mean</dt><dd>\(list(decision.eligible))</dd>
        <dt>Left out</dt><dd>\(list(left(decision)))</dd>
        <dt>Mean load</dt><dd>\(number(decision.value)), lowest of the window \
        \(number(decision.lowest))</dd>
        <dt>Samples there</dt><dd>\(Int((decision.freshShare * 100).rounded(.down))) %</dd>
        \(HTML(decision.guards.map(guarded)))</dl></details></li>

        """
    }

    private static func guarded(_ one: Guard) -> HTML {
        """
        <dt>\(ClusterPage.sentence(one.name))</dt>\
        <dd>\(one.isOpen ? "not in the way" : "in the way"): \(one.words)</dd>

        """
    }

    private static func left(_ decision: DecisionView) -> [String] {
        decision.leftOut.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    }

    private static func list(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.joined(separator: ", ")
    }

    private static func number(_ value: Double?) -> String {
        value.map(ChartNumber.short) ?? "unknown"
    }

    private static func mark(_ outcome: String) -> HTML {
        let sign =
            switch outcome {
            case "add": "▲"
            case "hold": "–"
            default: "?"
            }
        return "<span class=\"mark\" aria-hidden=\"true\">\(sign)</span>"
    }
}
