internal import PanelAPI

extension LoadRule {
    /// Of the means that must all be above the threshold.
    static let periodSeconds = 60.0

    /// What this rule comes to: pure, so that tables and replays show what it does.
    public func decide(_ input: ScalingInput) -> Decision {
        let (eligible, leftOut) = sorted(input)
        let means = minuteMeans(of: eligible, at: input.at)
        let share = freshShare(of: eligible, at: input.at)
        var decision = Decision(
            at: input.at, outcome: .hold, count: 0, eligible: eligible.map(\.name),
            leftOut: leftOut, value: means.last ?? nil,
            lowest: means.contains(nil) ? nil : means.compactMap(\.self).min(),
            freshShare: share, guards: [], sentence: "")
        guard !eligible.isEmpty else {
            decision.outcome = .noDecision
            decision.sentence =
                "no decision: no '\(role)' has been up for \(Words.span(warmupSeconds))"
            return decision
        }
        guard share >= freshShare, let lowest = decision.lowest, let value = decision.value else {
            decision.outcome = .noDecision
            decision.sentence =
                "no decision: \(Words.percent(share)) of the samples of "
                + "\(Words.count(eligible.count, "node")) are here, "
                + "\(Words.percent(freshShare)) are needed"
            return decision
        }
        guard lowest > threshold else {
            decision.sentence = hold(value: value, lowest: lowest, eligible.count)
            return decision
        }
        return grow(decision, lowest: lowest, value: value, input)
    }

    /// The rule wants to grow: unless a guard stands in the way.
    private func grow(
        _ decision: Decision, lowest: Double, value: Double, _ input: ScalingInput
    ) -> Decision {
        var decision = decision
        let size = input.nodes.count + input.pending
        let count = min(step, maximum - size)
        decision.guards = [
            Guard(
                name: "maximum", isOpen: count > 0,
                words: "\(size) of \(maximum) nodes run or are on their way"),
            rest(input),
        ]
        let high =
            "mean load was above \(Words.number(threshold)) for \(Words.span(breachSeconds)) "
            + "(now \(Words.number(value)), lowest \(Words.number(lowest)))"
        if let closed = decision.guards.first(where: { !$0.isOpen }) {
            decision.sentence = "hold: \(high), but \(closed.words)"
        } else {
            decision.outcome = .add
            decision.count = count
            decision.sentence = "add \(count): \(high), \(decision.guards[0].words)"
        }
        return decision
    }

    private func rest(_ input: ScalingInput) -> Guard {
        guard let growth = input.lastGrowth else {
            return Guard(name: "rest", isOpen: true, words: "nothing was added yet")
        }
        let rest = growth.hasFailed ? retrySeconds : cooldownSeconds
        let left = growth.at + rest - input.at
        let what = growth.hasFailed ? "the last launch failed" : "nodes were added"
        let ago = "\(what) \(Words.span(input.at - growth.at)) ago"
        return Guard(
            name: "rest", isOpen: left <= 0,
            words: left <= 0 ? ago : "\(ago): it rests for another \(Words.span(left))")
    }

    private func hold(value: Double, lowest: Double, _ count: Int) -> String {
        let of = "of \(Words.count(count, "node"))"
        guard value > threshold else {
            return "hold: mean load \(Words.number(value)) \(of) is not above "
                + Words.number(threshold)
        }
        return "hold: mean load \(Words.number(value)) \(of) is above "
            + "\(Words.number(threshold)), but not for \(Words.span(breachSeconds)) yet"
    }

    /// Nodes in the order of their names: those in the mean, and why others are not.
    private func sorted(
        _ input: ScalingInput
    ) -> (eligible: [ScalingInput.Node], leftOut: [String: String]) {
        var eligible: [ScalingInput.Node] = []
        var leftOut: [String: String] = [:]
        for node in input.nodes.sorted(by: { $0.name < $1.name }) {
            guard let since = node.upSince else {
                leftOut[node.name] = "it is not up"
                continue
            }
            let age = input.at - since
            if age >= warmupSeconds {
                eligible.append(node)
            } else {
                leftOut[node.name] = "it has been up for \(Words.span(age)) only"
            }
        }
        return (eligible, leftOut)
    }

    /// For each minute of the breach window, the oldest first: the mean of the nodes' own means;
    /// nil where no node has a sample. A node without one is left out of that minute, never taken
    /// for 0.
    private func minuteMeans(of nodes: [ScalingInput.Node], at now: Double) -> [Double?] {
        let periods = max(1, Int((breachSeconds / Self.periodSeconds).rounded()))
        let start = now - Double(periods) * Self.periodSeconds
        let none = [Mean](repeating: Mean(), count: periods)
        var totals = none
        var own = none
        for node in nodes {
            own.replaceSubrange(own.indices, with: none)
            for sample in node.samples {
                // A minute is without its start and with its end.
                let index = ((sample.at - start) / Self.periodSeconds).rounded(.up) - 1
                guard index >= 0, index < Double(periods) else { continue }
                own[Int(index)].add(sample.load)
            }
            for index in totals.indices { own[index].value.map { totals[index].add($0) } }
        }
        return totals.map(\.value)
    }

    private struct Mean {
        private var sum = 0.0
        private var count = 0

        mutating func add(_ value: Double) {
            sum += value
            count += 1
        }

        var value: Double? { count > 0 ? sum / Double(count) : nil }
    }

    /// No node makes up for another: one that sends twice as much counts as one that is whole.
    private func freshShare(of nodes: [ScalingInput.Node], at now: Double) -> Double {
        guard !nodes.isEmpty else { return 0 }
        let expected = max(1, (breachSeconds / sampleSeconds).rounded(.down))
        let shares = nodes.map { node in
            let count = node.samples.count { $0.at > now - breachSeconds && $0.at <= now }
            return min(1, Double(count) / expected)
        }
        return shares.reduce(0, +) / Double(nodes.count)
    }
}

/// Numbers as people say them.
enum Words {
    static func number(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
    }

    static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded(.down))) %" }

    static func count(_ count: Int, _ word: String) -> String {
        "\(count) \(word)\(count == 1 ? "" : "s")"
    }

    /// Minutes, and seconds where there are few.
    static func span(_ seconds: Double) -> String {
        let whole = Int(max(0, seconds).rounded())
        if whole < 120 { return "\(whole) s" }
        return whole % 60 == 0 ? "\(whole / 60) minutes" : "\(whole / 60) min \(whole % 60) s"
    }
}
