internal import MetricFormats

/// Where what comes in goes out again, and in which words.
public enum ForwardTarget: Sendable, Equatable, CustomStringConvertible {
    /// carbon's plaintext port, or who understands it.
    case graphite(ListenAddress)
    /// tsd's telnet port.
    case openTSDB(ListenAddress)
    /// tsd's HTTP address, without `/api/put`.
    case openTSDBHTTP(String)

    public var description: String {
        switch self {
        case .graphite(let address): "graphite \(address.host):\(address.port)"
        case .openTSDB(let address): "opentsdb \(address.host):\(address.port)"
        case .openTSDBHTTP(let url): "opentsdb \(url)"
        }
    }

    /// The lines of rows: `HOST.METRIC value epoch`, dots in the host's name as `_`, or
    /// `put METRIC epoch value host=HOST`; tags that a metric came with stay with it.
    func lines(_ rows: [MetricStore.Row]) -> String {
        var text = ""
        for row in rows {
            for (name, value) in row.values where value.isFinite {
                text += line(name, value, row)
            }
        }
        return text
    }

    private func line(_ name: String, _ value: Double, _ row: MetricStore.Row) -> String {
        let point = Self.point(name, value, row)
        switch self {
        case .graphite:
            var flat = point
            flat.tags["host"] = nil
            let host = String(row.host.map { $0 == "." ? "_" : $0 })
            flat.name = "\(host).\(point.name)"
            return GraphiteLine.text(flat, at: row.at)
        case .openTSDB, .openTSDBHTTP: return OpenTSDB.text(point, at: row.at)
        }
    }

    /// A metric is kept with its tags in its name, as `metric;key=value`.
    static func point(_ name: String, _ value: Double, _ row: MetricStore.Row) -> MetricPoint {
        let parts = name.split(separator: ";")
        var tags = ["host": row.host]
        for part in parts.dropFirst() {
            guard let sign = part.firstIndex(of: "=") else { continue }
            tags[String(part[..<sign])] = String(part[part.index(after: sign)...])
        }
        return MetricPoint(
            name: parts.first.map { String($0) } ?? name, tags: tags, value: value, at: row.at)
    }
}
