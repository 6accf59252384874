/// Lines over the same time: metrics of a node, figures of queues.
struct LineChart: Sendable {
    struct Line: Sendable {
        var name: String
        var points: [ChartPoint]
        /// Which of the palette's; a share has its queue's.
        var color: Int
        /// A share that a line is to be held against.
        var isShare = false
        /// Held against the right edge's numbers.
        var isRight = false
    }

    static let palette = 6
    static let height = 132.0

    var id: String
    var title: String
    var unit = ""
    var from: Double
    var to: Double
    /// Longer silence breaks a line, seconds.
    var gap: Double
    var lines: [Line]
    /// What does not fit in, in words.
    var remark: String?

    func render() -> HTML {
        let known = lines.filter { line in line.points.contains { $0.value != nil } }
        guard !known.isEmpty else {
            return """
                <figure class="chart" id="\(id)"><figcaption>\(title)</figcaption>\
                <p class="nothing">Nothing was measured in this time.</p></figure>

                """
        }
        let left = scale(known.filter { !$0.isRight })
        let right = scale(known.filter(\.isRight))
        let paths = known.map { line -> HTML in
            let path = ChartPath.line(line.points, line.isRight ? right : left, gap: gap)
            return "<path class=\"line \(style(line))\" d=\"\(path)\"/>\n"
        }
        let frame = ChartFrame(
            id: "\(id)-plot", title: title, words: words(known), scale: left,
            unit: unit.isEmpty ? "" : " \(unit)")
        return """
            <figure class="chart" id="\(id)"><figcaption>\(title)</figcaption>
            \(legend(known))\(frame.render(paths: HTML(paths), over: edge(right, known)))\
            </figure>

            """
    }

    private func scale(_ lines: [Line]) -> ChartScale {
        .around(
            lines.flatMap { $0.points.compactMap(\.value) }, from: from, to: to,
            height: Self.height)
    }

    private func style(_ line: Line) -> String {
        "c\(line.color % Self.palette)\(line.isShare ? " share" : "")"
            + (line.isRight ? " right" : "")
    }

    /// The right edge's numbers, where a line is held against them.
    private func edge(_ scale: ChartScale, _ lines: [Line]) -> HTML {
        guard lines.contains(where: \.isRight) else { return "" }
        return HTML(
            scale.ticks.filter { scale.y($0) > 8 }.map { value -> HTML in
                """
                <text class="tick end" x="100%" y="\(ChartNumber.short(scale.y(value) - 3))">\
                \(ChartNumber.words(value))</text>
                """
            })
    }

    private func legend(_ lines: [Line]) -> HTML {
        let items = lines.map { line -> HTML in
            let last = line.points.last { $0.value != nil }?.value ?? .nan
            return """
                <li><svg class="key" viewBox="0 0 20 8" aria-hidden="true">\
                <path class="line \(style(line))" d="M0 4H20"/></svg>\
                \(line.name) <b>\(ChartNumber.words(last))</b></li>
                """
        }
        let rest = remark.map { words -> HTML in "<li>\(words)</li>" } ?? ""
        return "<ul class=\"legend\">\(HTML(items))\(rest)</ul>\n"
    }

    private func words(_ lines: [Line]) -> String {
        let each = lines.map { line in
            let values = line.points.compactMap(\.value)
            let (least, greatest) = (values.min() ?? 0, values.max() ?? 0)
            return "\(line.name) from \(ChartNumber.words(least)) to "
                + "\(ChartNumber.words(greatest)), last \(ChartNumber.words(values.last ?? 0))"
        }
        return "From \(ChartTime.stamp(from)) to \(ChartTime.stamp(to)): "
            + each.joined(separator: "; ")
    }
}
