public import FoundationEssentials

/// OpenTSDB's ways in: `put` lines and `POST /api/put` (OpenTSDB 2.4's documentation, "put").
public enum OpenTSDB {
    /// Points of one body; OpenTSDB's own clients send 50.
    public static let maximumPointsPerBody = 10_000
    /// Times above this are milliseconds (OpenTSDB: a time of 13 digits).
    static let millisecondsFrom = 1e12

    /// `put metric epoch value key=value …`, without the line's end. At least one tag is there.
    public static func parse(_ line: Substring) throws(MetricPointError) -> MetricPoint {
        let words = line.split(separator: " ", maxSplits: 4 + MetricPoint.maximumTags)
        guard words.count >= 5, words[0] == "put" else {
            throw MetricPointError("expected 'put metric epoch value key=value'", found: line)
        }
        var tags: [String: String] = [:]
        for word in words.dropFirst(4) { try MetricWords.add(word, to: &tags) }
        return MetricPoint(
            name: try MetricWords.name(words[1]), tags: tags,
            value: try MetricWords.value(words[3]), at: try seconds(words[2]))
    }

    /// The line of a point, with its end.
    public static func text(_ point: MetricPoint, at: Double) -> String {
        let tags = point.tags.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        return "put \(point.name) \(Int(at)) \(point.value)\(tags)\n"
    }

    /// What is right in a body of `/api/put`, a point or a list of them, and what is not.
    public static func parse(
        body: Data
    ) throws(MetricPointError) -> (points: [MetricPoint], errors: [MetricPointError]) {
        let objects: [Point]
        do {
            let decoder = JSONDecoder()
            objects =
                body.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "[")
                ? try decoder.decode([Point].self, from: body)
                : [try decoder.decode(Point.self, from: body)]
        } catch {
            throw MetricPointError("the body is no point or list of points as JSON")
        }
        guard objects.count <= maximumPointsPerBody else {
            throw MetricPointError("more than \(maximumPointsPerBody) points in a body")
        }
        var points: [MetricPoint] = []
        var errors: [MetricPointError] = []
        for object in objects {
            do throws(MetricPointError) { points.append(try object.point()) } catch {
                errors.append(error)
            }
        }
        return (points, errors)
    }

    private static func seconds(_ word: Substring) throws(MetricPointError) -> Double {
        guard let at = Double(word) else {
            throw MetricPointError("expected seconds since 1970", found: word)
        }
        return try MetricWords.seconds("\(at >= millisecondsFrom ? at / 1000 : at)")
    }

    /// As it is on the wire; a value may be a number or the text of one.
    private struct Point: Decodable {
        let metric: String
        let timestamp: Double
        let value: Value
        let tags: [String: String]

        func point() throws(MetricPointError) -> MetricPoint {
            var kept: [String: String] = [:]
            for (key, value) in tags { try MetricWords.add("\(key)=\(value)", to: &kept) }
            guard !kept.isEmpty else { throw MetricPointError("a point without a tag") }
            return MetricPoint(
                name: try MetricWords.name(metric[...]), tags: kept,
                value: try MetricWords.value("\(value.text)"),
                at: try OpenTSDB.seconds("\(timestamp)"))
        }
    }

    private enum Value: Decodable {
        case number(Double)
        case word(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else {
                self = .word(try container.decode(String.self))
            }
        }

        var text: String {
            switch self {
            case .number(let number): "\(number)"
            case .word(let word): word
            }
        }
    }
}
