internal import FoundationEssentials

/// Metrics as a spreadsheet reads them (RFC 4180): a line for each moment of each host, a column
/// for each metric; empty where there was nothing.
enum MetricCSV {
    enum Statistic: String, CaseIterable, Sendable {
        case mean, min, max, count

        func value(of summary: MetricSummary) -> Double {
            switch self {
            case .mean: summary.mean
            case .min: summary.least
            case .max: summary.greatest
            case .count: Double(summary.count)
            }
        }
    }

    /// `names`: what people call hosts.
    static func text(
        _ series: [MetricStore.Series], names: [String: String], _ statistic: Statistic
    ) -> String {
        let metrics = Set(series.map(\.metric)).sorted()
        var text = (["time", "node", "host"] + metrics).map(cell).joined(separator: ",") + "\r\n"
        for (host, series) in Dictionary(grouping: series, by: \.host).sorted(by: {
            $0.key < $1.key
        }) {
            var values: [Double: [String: Double]] = [:]
            for one in series {
                for point in one.points {
                    values[point.at, default: [:]][one.metric] = statistic.value(of: point.summary)
                }
            }
            for (at, values) in values.sorted(by: { $0.key < $1.key }) {
                let time = Date(timeIntervalSince1970: at).formatted(.iso8601)
                let cells = metrics.map { metric in values[metric].map { "\($0)" } ?? "" }
                text +=
                    ([time, cell(names[host] ?? host), cell(host)] + cells)
                    .joined(separator: ",") + "\r\n"
            }
        }
        return text
    }

    /// A spreadsheet would take a text that begins like a formula for one.
    private static func cell(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@".contains($0) } ?? false
        let text = isFormula ? "'" + text : text
        guard text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
        return "\"\(text.replacing("\"", with: "\"\""))\""
    }
}
