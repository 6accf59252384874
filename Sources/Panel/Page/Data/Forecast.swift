internal import Autoscaling
internal import PanelAPI

/// What the autoscaler's next decision will come to, as far as what is known now says it: pure.
struct Forecast: Sendable, Equatable {
    /// Between two decisions.
    static let intervalSeconds = 60.0

    var mode: ScalingSettings.Mode
    var rule: LoadRule
    /// The latest decision; nil before the first.
    var last: DecisionView?
    /// Of the role's nodes that were heard; nil where none was.
    var mean: Double?
    /// Nodes of the role, and those on their way.
    var size: Int
    /// The autoscaler's own latest launch.
    var growth: ScalingInput.Growth?
    var now: Double

    /// `next decision in 23 s: hold, because mean load 6.2 is not above 10`.
    var words: String {
        guard mode != .off else { return "autoscaling is off" }
        guard let last else { return "the first decision comes within a minute" }
        let due = last.at + Self.intervalSeconds - now
        guard due > -2 * Self.intervalSeconds else {
            return "the last decision is \(Spans.words(now - last.at)) old: \(last.sentence)"
        }
        let when = due >= 1 ? "next decision in \(Int(due)) s" : "next decision now"
        return "\(when): \(outcome(last))" + (mode == .advise ? " (advice only)" : "")
    }

    private func outcome(_ last: DecisionView) -> String {
        if last.outcome == Decision.Outcome.noDecision.rawValue {
            return "none yet, because " + last.sentence.replacing("no decision: ", with: "")
        }
        guard let mean else {
            return "none, because no '\(rule.role)' tells its load"
        }
        let load = "mean load \(ChartNumber.short(mean))"
        let threshold = ChartNumber.short(rule.threshold)
        guard mean > rule.threshold else {
            return "hold, because \(load) is not above \(threshold)"
        }
        guard size < rule.maximum else {
            return "hold, because \(size) of \(rule.maximum) nodes run or are on their way"
        }
        if let left = restSeconds, left > 0 {
            return "hold, because it rests for another \(Spans.words(left))"
        }
        guard let lowest = last.lowest, lowest > rule.threshold else {
            return "add once \(load) has been above \(threshold) for "
                + Spans.words(rule.breachSeconds)
        }
        return
            "add \(min(rule.step, rule.maximum - size)), because \(load) stays above \(threshold)"
    }

    private var restSeconds: Double? {
        growth.map {
            $0.at + ($0.hasFailed ? rule.retrySeconds : rule.cooldownSeconds) - now
        }
    }
}
