internal import PanelAPI

/// A boot as an SVG picture: a bar for each step over the time that it took.
struct BootPlot {
    static let barLength = 900.0
    static let rowHeight = 22
    static let margin = 10
    static let labelWidth = 170
    static let headHeight = 50

    let state: BootState

    private var total: Double {
        max(state.seconds, state.steps.map(\.end).max() ?? 0, 0.001)
    }

    var text: String {
        let height = Self.headHeight + (state.steps.count + 1) * Self.rowHeight
        let width = Self.margin * 2 + Self.labelWidth + Int(Self.barLength) + 220
        let title =
            "\(state.role) \(state.instanceID): \(state.stage.rawValue) "
            + "after \(TimeSpan.text(state.seconds))"
        let onPath = Set(BootAnalysis(state).criticalPath.map(\.name))
        let parts =
            [
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
                viewBox="0 0 \(width) \(height)" font-family="sans-serif" font-size="12">
                <title>\(Self.escaped(title))</title>
                <rect width="100%" height="100%" fill="#ffffff"/>
                <text x="\(Self.margin)" y="20" font-size="14">\(Self.escaped(title))</text>
                """
            ] + axis(height)
            + state.steps.enumerated().map { row, step in
                self.row(row, step, isOnPath: onPath.contains(step.name))
            } + ["</svg>", ""]
        return parts.joined(separator: "\n")
    }

    /// A line for each round number of seconds, at most ten.
    private func axis(_ height: Int) -> [String] {
        let step = Self.interval(total)
        return (0...Int(total / step)).map { index in
            let time = Double(index) * step
            let place = Self.number(x(time))
            return """
                <line x1="\(place)" y1="\(Self.headHeight - 8)" x2="\(place)" \
                y2="\(height - Self.margin)" stroke="#dddddd"/>
                <text x="\(place)" y="\(Self.headHeight - 12)" fill="#777777" \
                text-anchor="middle">\(TimeSpan.text(time))</text>
                """
        }
    }

    private func row(_ index: Int, _ step: StepReport, isOnPath: Bool) -> String {
        let top = Self.headHeight + index * Self.rowHeight
        let width = Self.number(max(1, step.seconds / total * Self.barLength))
        let name = Self.escaped(step.name)
        let span = step.outcome == .skipped ? "skipped" : TimeSpan.text(step.seconds)
        let bar = """
            <rect x="\(Self.number(x(step.startSeconds)))" y="\(top)" width="\(width)" \
            height="\(Self.rowHeight - 6)" fill="\(Self.color(step.outcome))"\
            \(isOnPath ? " stroke=\"#000000\"" : "")>\
            <title>\(Self.escaped("\(step.outcome.rawValue): \(step.detail)"))</title></rect>

            """
        return """
            <text x="\(Self.margin)" y="\(top + 13)">\(name)</text>
            \(step.outcome == .skipped ? "" : bar)\
            <text x="\(Self.number(x(step.end) + 5))" y="\(top + 13)" fill="#555555">\(span)</text>
            """
    }

    private func x(_ seconds: Double) -> Double {
        Double(Self.margin + Self.labelWidth) + seconds / total * Self.barLength
    }

    /// 1, 2 or 5 times a power of ten, so that there are at most ten in the whole.
    static func interval(_ total: Double) -> Double {
        var power = 0.001
        while power * 100 < total { power *= 10 }
        return [1.0, 2, 5, 10].map { $0 * power }.first { $0 * 10 >= total } ?? power * 10
    }

    private static func color(_ outcome: StepReport.Outcome) -> String {
        switch outcome {
        case .done: "#7aa6da"
        case .unchanged: "#b9ca4a"
        case .failed: "#d54e53"
        case .skipped: "#cccccc"
        }
    }

    /// With one digit after the point.
    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// XML 1.0, 2.2 and 2.4: what is no character there, or stands for something else.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\t", "\n", "\r": escaped += " "
            case _ where scalar.value < 0x20 || (0xfffe...0xffff).contains(scalar.value):
                escaped += "?"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension BootAnalysis {
    /// An SVG picture of the steps over time.
    public var plot: String { BootPlot(state: state).text }
}
