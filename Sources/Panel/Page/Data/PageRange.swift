/// How far back a page's charts go.
enum PageRange: String, Sendable, CaseIterable {
    case minutes = "15min"
    case hour = "1h"
    case quarter = "6h"
    case day = "1d"
    case week = "7d"

    static let standard = PageRange.quarter

    var seconds: Double {
        switch self {
        case .minutes: 900
        case .hour: 3600
        case .quarter: 6 * 3600
        case .day: 86_400
        case .week: 7 * 86_400
        }
    }

    var words: String {
        switch self {
        case .minutes: "15 minutes"
        case .hour: "1 hour"
        case .quarter: "6 hours"
        case .day: "1 day"
        case .week: "7 days"
        }
    }

    /// `?range=`; refused where it is none.
    static func read(_ text: String?) throws(Refusal) -> PageRange {
        guard let text else { return standard }
        guard let range = PageRange(rawValue: text) else {
            throw Refusal.badRequest("'range' is one of 15min, 1h, 6h, 1d and 7d")
        }
        return range
    }

    /// Links to the same page with another range.
    func links(_ path: String) -> HTML {
        let items = Self.allCases.map { range -> HTML in
            let current: HTML = range == self ? " aria-current=\"true\"" : ""
            let address = "\(path)?range=\(range.rawValue)"
            return "<li><a href=\"\(address)\"\(current)>\(range.words)</a></li>"
        }
        return "<nav aria-label=\"Time shown\"><ul class=\"ranges\">\(HTML(items))</ul></nav>\n"
    }
}
