/// A value at a time; nil where there was none, which is a gap and never a zero.
struct ChartPoint: Sendable, Equatable {
    var at: Double
    var value: Double?

    init(_ at: Double, _ value: Double?) {
        self.at = at
        self.value = value
    }
}

/// Points as the `d` of an SVG path.
enum ChartPath {
    /// A line from point to point, broken where nothing is known for longer than `gap` seconds.
    static func line(_ points: [ChartPoint], _ scale: ChartScale, gap: Double) -> String {
        runs(points, gap: gap).map { run in
            let places = run.map { place($0, scale) }
            // A point alone is a dot: a stroke of no length with round ends.
            return "M" + places.joined(separator: "L") + (places.count == 1 ? "h.1" : "")
        }.joined()
    }

    /// Stays at a value until the next one.
    static func steps(_ points: [ChartPoint], _ scale: ChartScale, gap: Double) -> String {
        runs(points, gap: gap).map { run in
            var path = "M\(place(run[0], scale))"
            for point in run.dropFirst() {
                path += "H\(ChartNumber.short(scale.x(point.at)))"
                path += "V\(ChartNumber.short(scale.y(point.value ?? 0)))"
            }
            return run.count == 1 ? path + "h.1" : path
        }.joined()
    }

    private static func place(_ point: ChartPoint, _ scale: ChartScale) -> String {
        "\(ChartNumber.short(scale.x(point.at))) \(ChartNumber.short(scale.y(point.value ?? 0)))"
    }

    /// Points that follow each other, all with a value.
    static func runs(_ points: [ChartPoint], gap: Double) -> [[ChartPoint]] {
        var runs: [[ChartPoint]] = []
        var last: Double?
        for point in points {
            guard let value = point.value, value.isFinite else {
                last = nil
                continue
            }
            if let last, point.at - last <= gap {
                runs[runs.count - 1].append(point)
            } else {
                runs.append([point])
            }
            last = point.at
        }
        return runs
    }
}
