internal import PanelAPI

/// Printed as systemd-analyze(1) prints its own.
extension BootAnalysis {
    public var blameLines: [String] {
        let times = blame.map { TimeSpan.text($0.seconds) }
        let width = times.map(\.count).max() ?? 0
        return zip(times, blame).map { time, step in
            String(repeating: " ", count: width - time.count) + time + " " + step.name
                + Self.note(step)
        }
    }

    public var criticalPathLines: [String] {
        let whole = TimeSpan.text(state.seconds)
        var lines = [
            "A step began at the time after '@' and took the time after '+'.",
            "The boot took \(whole), the steps of its longest path \(TimeSpan.text(pathSeconds)).",
            "",
        ]
        for (depth, step) in criticalPath.enumerated() {
            let branch =
                depth == 0 ? "" : String(repeating: "  ", count: depth - 1) + "└─"
            let start = TimeSpan.text(step.startSeconds)
            let span = TimeSpan.text(step.seconds)
            lines.append("\(branch)\(step.name) @\(start) +\(span)\(Self.note(step))")
        }
        return lines
    }

    private static func note(_ step: StepReport) -> String {
        step.outcome == .failed ? " (failed)" : ""
    }
}

/// Times in systemd's words, to a thousandth of a second.
enum TimeSpan {
    static func text(_ seconds: Double) -> String {
        let milliseconds = Int((max(0, seconds) * 1000).rounded())
        if milliseconds < 1000 { return "\(milliseconds)ms" }
        let (hours, minutes) = (milliseconds / 3_600_000, milliseconds / 60_000 % 60)
        let thousandths = String(milliseconds % 1000 + 1000).dropFirst()
        var text = "\(milliseconds / 1000 % 60).\(thousandths)s"
        if hours + minutes > 0 { text = "\(minutes)min \(text)" }
        return hours > 0 ? "\(hours)h \(text)" : text
    }
}
