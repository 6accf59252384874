/// What every plot has: lines at round values, round times, and words for who cannot see it. Its
/// texts keep their size on every screen; only the part with the paths is stretched.
struct ChartFrame: Sendable {
    /// Of the times below a plot, in pixels.
    static let footer = 18.0

    /// Names the plot in the page.
    var id: String
    var title: String
    /// What is to be seen, in a sentence.
    var words: String
    var scale: ChartScale
    /// False where the plot below has the times.
    var hasTimes = true
    /// Of the left edge's numbers.
    var unit = ""

    /// `under` and `over` lie outside of the stretched part, in percent and pixels; `paths` in it.
    func render(under: HTML = "", paths: HTML, over: HTML = "") -> HTML {
        let height = Int(scale.height + (hasTimes ? Self.footer : 0))
        return """
            <svg class="plot" role="img" aria-labelledby="\(id)-title \(id)-words" \
            width="100%" height="\(height)">
            <title id="\(id)-title">\(title)</title>
            <desc id="\(id)-words">\(words)</desc>
            \(under)\(grid)
            <svg width="100%" height="\(Int(scale.height))" \
            viewBox="0 0 \(Int(ChartScale.width)) \(Int(scale.height))" \
            preserveAspectRatio="none" aria-hidden="true">
            \(paths)
            </svg>
            \(values)\(hasTimes ? times : "")\(over)
            </svg>

            """
    }

    private var grid: HTML {
        let across = scale.ticks.map { value -> HTML in
            let y = ChartNumber.short(scale.y(value))
            return "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"\(y)\" y2=\"\(y)\"/>"
        }
        let down = scale.timeTicks.map { tick -> HTML in
            let x = scale.percent(tick.at)
            return """
                <line class="grid" x1="\(x)" x2="\(x)" y1="0" y2="\(Int(scale.height))"/>
                """
        }
        return HTML(across + down)
    }

    private var values: HTML {
        let shown = scale.ticks.filter { scale.y($0) > 8 }
        return HTML(
            shown.map { value -> HTML in
                let suffix = value == shown.last ? unit : ""
                return """
                    <text class="tick" x="2" y="\(ChartNumber.short(scale.y(value) - 3))">\
                    \(ChartNumber.words(value))\(suffix)</text>
                    """
            })
    }

    private var times: HTML {
        let isLong = scale.to - scale.from > 2 * 86_400
        return HTML(
            scale.timeTicks.map { tick -> HTML in
                """
                <text class="tick time\(tick.isMain ? "" : " minor")" \
                x="\(scale.percent(tick.at))" y="\(Int(scale.height + 14))">\
                \(isLong ? ChartTime.day(tick.at) : ChartTime.clock(tick.at))</text>
                """
            })
    }
}
