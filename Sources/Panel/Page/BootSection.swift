internal import PanelAPI

/// A node's last boot, step by step, each with its place on the boot's time line.
enum BootSection {
    static func render(_ boot: BootReport) -> HTML {
        let end = boot.steps.map { $0.startSeconds + $0.seconds }.max() ?? 0
        let span = max(boot.seconds, end, 0.001)
        return """
            <h2>Boot \(boot.outcome.rawValue) in \(Spans.words(boot.seconds))</h2>
            <div class="scroll"><table class="steps">
            <caption>Steps of the boot</caption>
            <thead><tr><th scope="col">Step</th><th scope="col">Outcome</th>\
            <th scope="col">Time</th><th scope="col">When</th>\
            <th scope="col">What</th></tr></thead>
            <tbody>
            \(HTML(boot.steps.map { row($0, span: span) }))</tbody>
            </table></div>

            """
    }
    private static func row(_ step: StepReport, span: Double) -> HTML {
        """
        <tr class="step \(step.outcome.rawValue)"><th scope="row">\(step.name)</th>\
        <td data-label="Outcome">\(mark(step.outcome)) \(step.outcome.rawValue)</td>\
        <td data-label="Time" class="number">\(Spans.words(step.seconds))</td>\
        <td class="when">\(bar(step, span: span))</td>\
        <td data-label="What" class="detail">\(step.detail)</td></tr>

        """
    }

    /// Attributes of SVG, not styles: the page's policy allows no inline style.
    private static func bar(_ step: StepReport, span: Double) -> HTML {
        let start = permille(step.startSeconds / span)
        let width = max(4, permille(step.seconds / span))
        return """
            <svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">\
            <rect class="track" x="0" y="4" width="1000" height="2"/>\
            <rect class="bar" x="\(min(start, 996))" y="0" \
            width="\(min(width, 1000 - min(start, 996)))" height="10"/></svg>
            """
    }

    private static func permille(_ part: Double) -> Int {
        part.isFinite ? Int((min(max(part, 0), 1) * 1000).rounded()) : 0
    }

    private static func mark(_ outcome: StepReport.Outcome) -> String {
        switch outcome {
        case .done: "●"
        case .unchanged: "○"
        case .failed: "▲"
        case .skipped: "–"
        }
    }
}
