/// How times and values become places of a plot: pure, so that tables can test it.
struct ChartScale: Sendable, Equatable {
    /// Of a plot, in units that its width stretches.
    static let width = 1000.0

    /// Seconds since 1970.
    var from: Double
    var to: Double
    var low: Double
    var high: Double
    /// In pixels.
    var height: Double

    /// From 0 to `width`; what lies outside of the time is at its edge.
    func x(_ at: Double) -> Double { share(at) * Self.width }

    /// As SVG takes it beside the stretched part: `37.5%`.
    func percent(_ at: Double) -> String { "\(ChartNumber.short(share(at) * 100))%" }

    func y(_ value: Double) -> Double {
        let span = high - low
        guard span > 0, value.isFinite else { return height }
        return height * (1 - min(max((value - low) / span, 0), 1))
    }

    private func share(_ at: Double) -> Double {
        to > from && at.isFinite ? min(max((at - from) / (to - from), 0), 1) : 0
    }

    /// From zero, or the lowest below it, to the next round number above the highest.
    static func around(
        _ values: some Sequence<Double>, from: Double, to: Double, height: Double
    ) -> ChartScale {
        var (low, high) = (0.0, 0.0)
        for value in values where value.isFinite {
            low = min(low, value)
            high = max(high, value)
        }
        let step = step(high - low, about: 3)
        high = (high / step).rounded(.up) * step
        low = (low / step).rounded(.down) * step
        return ChartScale(
            from: from, to: to, low: low, high: high > low ? high : low + 1, height: height)
    }

    /// Round numbers from the lowest to the highest.
    var ticks: [Double] {
        let step = Self.step(high - low, about: 3)
        let first = (low / step).rounded(.up)
        let limit = high + step / 1000
        var ticks: [Double] = []
        for index in 0..<8 {
            let value = (first + Double(index)) * step
            if value <= limit { ticks.append(value) }
        }
        return ticks
    }

    /// 1, 2 or 5 times a power of ten.
    static func step(_ span: Double, about count: Double) -> Double {
        guard span.isFinite, span > 0 else { return 1 }
        let raw = span / count
        var power = 1.0
        while power * 10 <= raw, power < 1e15 { power *= 10 }
        while power > raw, power > 1e-9 { power /= 10 }
        return [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? 10 * power
    }

    /// Round times, at most eight; each with whether a narrow screen has room for it.
    var timeTicks: [(at: Double, isMain: Bool)] {
        let steps = [
            120.0, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
            604_800,
        ]
        let span = to - from
        guard span > 0, let step = steps.first(where: { span / $0 <= 8 }) else { return [] }
        let first = (from / step).rounded(.up)
        let edge = span * 0.04
        var ticks: [(at: Double, isMain: Bool)] = []
        for index in 0...8 {
            let at = (first + Double(index)) * step
            if at > from + edge, at < to - edge { ticks.append((at, ticks.count % 2 == 0)) }
        }
        return ticks
    }
}

/// Numbers for SVG and for people.
enum ChartNumber {
    /// With one decimal at most, and no `.0`.
    static func short(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "0" }
        let tenths = Int((value * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let (whole, rest) = (abs(tenths) / 10, abs(tenths) % 10)
        return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
    }

    /// `950`, `12.5 k`, `3 M`, `0.02`.
    static func words(_ value: Double) -> String {
        guard value.isFinite else { return "unknown" }
        switch abs(value) {
        case 1e12...: return "\(short(value / 1e12)) T"
        case 1e9...: return "\(short(value / 1e9)) G"
        case 1e6...: return "\(short(value / 1e6)) M"
        case 1e4...: return "\(short(value / 1e3)) k"
        case ..<1 where value != 0: return "\((value * 100).rounded() / 100)"
        default: return short(value)
        }
    }
}
