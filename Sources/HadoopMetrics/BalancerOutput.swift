/// What HDFS's balancer prints: a line for each of its rounds, and at its end why it ends
/// (`Balancer.java`, `ExitStatus.java` of Hadoop 1 to 3).
public struct BalancerOutput: Sendable, Equatable {
    public struct Round: Sendable, Equatable {
        /// From 0.
        public var number: Int
        /// As the balancer rounds them, to two digits after the point of their unit.
        public var movedBytes: Int64
        public var leftBytes: Int64

        public init(number: Int, movedBytes: Int64, leftBytes: Int64) {
            self.number = number
            self.movedBytes = movedBytes
            self.leftBytes = leftBytes
        }
    }

    public enum Ending: Sendable, Equatable {
        case balanced
        /// It is not, and nothing more could be moved.
        case settled(String)
        case failed(String)
    }

    /// The newest one; nil before it has told of any.
    public var round: Round?
    /// Nil while it goes on, or where it was cut off.
    public var ending: Ending?
    /// What it said last.
    public var lastLine = ""

    /// Reads the output, or the end of it. Lines of its log may stand between.
    public init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.drop { $0 == " " }
            guard !line.isEmpty else { continue }
            if let round = Self.round(line) { self.round = round }
            if let ending = Self.ending(line) { self.ending = ending }
            if !Self.isTiming(line) { lastLine = String(line) }
        }
    }

    /// `Nov 22, 2026, 3:04:05 PM   0   0 B   6.34 MB   10 MB   hdfs://…`: a number and three sizes.
    /// How the date is written is the locale's.
    private static func round(_ line: Substring) -> Round? {
        let words = line.split(separator: " ")
        guard words.count >= 7 else { return nil }
        for start in 0...(words.count - 7) {
            guard let number = Int(words[start]), number >= 0,
                let moved = bytes(words[start + 1], words[start + 2]),
                let left = bytes(words[start + 3], words[start + 4]),
                bytes(words[start + 5], words[start + 6]) != nil
            else { continue }
            return Round(number: number, movedBytes: moved, leftBytes: left)
        }
        return nil
    }

    private static let units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"]

    /// `StringUtils.byteDesc`: powers of 1024.
    private static func bytes(_ number: Substring, _ unit: Substring) -> Int64? {
        guard let power = units.firstIndex(of: String(unit)),
            let value = Double(number.replacing(",", with: ".")), value >= 0
        else { return nil }
        var bytes = value
        for _ in 0..<power { bytes *= 1024 }
        return Int64(exactly: bytes.rounded())
    }

    private static func ending(_ line: Substring) -> Ending? {
        guard let mark = line.firstRange(of: "Exiting") else { return nil }
        if line.contains("cluster is balanced") { return .balanced }
        let words = String(line[..<mark.lowerBound].trimmingDots())
        return line.hasPrefix("No block ") ? .settled(words) : .failed(words)
    }

    /// It says at the end when that was, and how long it took.
    private static func isTiming(_ line: Substring) -> Bool { line.contains("Balancing took ") }
}

extension Substring {
    fileprivate func trimmingDots() -> Substring {
        var text = self
        while text.last == " " || text.last == "." { text.removeLast() }
        return text
    }
}
