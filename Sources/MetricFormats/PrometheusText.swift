/// Prometheus's text format 0.0.4 (Prometheus's documentation, "Exposition formats"): each family
/// once, its kind before its samples, the last line ended.
public struct PrometheusText: Sendable {
    /// As they stand in a line: made once of what has samples in many families.
    public struct Labels: Sendable, Equatable {
        fileprivate let text: String

        public init(_ pairs: [(key: String, value: String)]) {
            let words = pairs.map {
                "\(PrometheusText.name($0.key))=\"\(PrometheusText.escaped($0.value, quote: true))\""
            }
            text = words.isEmpty ? "" : "{\(words.joined(separator: ","))}"
        }
    }

    public struct Sample: Sendable, Equatable {
        public var labels: Labels
        public var value: Double

        public init(labels: Labels, value: Double) {
            self.labels = labels
            self.value = value
        }

        public init(labels: [(key: String, value: String)], value: Double) {
            self.init(labels: Labels(labels), value: value)
        }
    }

    public private(set) var text = ""

    /// With room for so many bytes.
    public init(capacity: Int = 0) { text.reserveCapacity(capacity) }

    /// Adds a family; nothing where it has no samples.
    public mutating func add(
        _ name: String, help: String, kind: String = "gauge", _ samples: [Sample]
    ) {
        guard !samples.isEmpty else { return }
        let name = Self.name(name)
        text += "# HELP \(name) \(Self.escaped(help, quote: false))\n# TYPE \(name) \(kind)\n"
        for sample in samples {
            text += name
            text += sample.labels.text
            text += " "
            text += sample.value.description
            text += "\n"
        }
    }

    /// What a metric and a label may be called: others' characters become `_`.
    static func name(_ text: String) -> String {
        let word = String(
            text.unicodeScalars.map { scalar -> Character in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "_": Character(scalar)
                default: "_"
                }
            })
        return word.first.map { $0.isNumber ? "_" + word : word } ?? "_"
    }

    private static func escaped(_ text: String, quote: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quote: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
