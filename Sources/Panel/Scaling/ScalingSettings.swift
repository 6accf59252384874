public import Autoscaling
internal import Cluster

/// Whether and how a cluster grows by itself: `autoscaling:` of a cluster in `panel.yaml`.
public struct ScalingSettings: Sendable, Equatable {
    public enum Mode: String, Sendable, CaseIterable {
        case off
        /// Decides and says why, and never launches.
        case advise
        case on
    }

    static let keys = [
        "mode", "role", "threshold", "breach-seconds", "warmup-seconds", "step", "maximum",
        "cooldown-seconds", "retry-seconds", "fresh-share",
    ]

    public var mode = Mode.off
    public var rule = LoadRule()

    public init() {}

    static func read(
        _ node: YAMLNode, file: String
    ) throws(ConfigurationError) -> ScalingSettings {
        let reader = try MappingReader(node, key: "autoscaling", file: file, known: keys)
        var settings = ScalingSettings()
        settings.mode =
            try reader.parsed("mode", expected: "off, advise or on") { Mode(rawValue: $0) } ?? .off
        var rule = LoadRule()
        if let role = try reader.string("role") { rule.role = role }
        for (key, path) in [
            ("threshold", \LoadRule.threshold), ("breach-seconds", \.breachSeconds),
            ("warmup-seconds", \.warmupSeconds), ("cooldown-seconds", \.cooldownSeconds),
            ("retry-seconds", \.retrySeconds),
        ] {
            if let value = try number(key, 0.1...86_400, reader) { rule[keyPath: path] = value }
        }
        if let share = try number("fresh-share", 0.01...1, reader) { rule.freshShare = share }
        for (key, path) in [("step", \LoadRule.step), ("maximum", \.maximum)] {
            if let value = try number(key, 1...20_000, reader) { rule[keyPath: path] = Int(value) }
        }
        settings.rule = rule
        return settings
    }

    private static func number(
        _ key: String, _ range: ClosedRange<Double>, _ reader: MappingReader
    ) throws(ConfigurationError) -> Double? {
        try reader.parsed(
            key, expected: "a number from \(range.lowerBound) to \(range.upperBound)"
        ) { text in
            Double(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}
