/// Graphite's plaintext protocol: `path value epoch`, with tags as `path;key=value;…`
/// (Graphite's documentation, "Feeding In Your Data" and "Graphite Tag Support").
public enum GraphiteLine {
    /// `line` is without its end. A time of -1 is left to the receiver, as carbon has it.
    public static func parse(_ line: Substring) throws(MetricPointError) -> MetricPoint {
        let words = line.split(maxSplits: 3, omittingEmptySubsequences: true) {
            $0 == " " || $0 == "\t"
        }
        guard words.count == 3 else {
            throw MetricPointError("expected 'path value epoch'", found: line)
        }
        let parts = words[0].split(separator: ";", omittingEmptySubsequences: false)
        var tags: [String: String] = [:]
        for part in parts.dropFirst() { try MetricWords.add(part, to: &tags) }
        return MetricPoint(
            name: try MetricWords.name(parts[0]), tags: tags,
            value: try MetricWords.value(words[1]),
            at: words[2] == "-1" ? nil : try MetricWords.seconds(words[2]))
    }

    /// The line of a point, with its end; the tags in the order of their keys.
    public static func text(_ point: MetricPoint, at: Double) -> String {
        let tags = point.tags.sorted { $0.key < $1.key }.map { ";\($0.key)=\($0.value)" }.joined()
        return "\(point.name)\(tags) \(point.value) \(Int(at))\n"
    }
}
