/// What HDFS's balancer prints: a line after each of its rounds, and at its end why it ends
/// (`Balancer.java`, `ExitStatus.java` of Hadoop 1 to 3).
public struct BalancerOutput: Sendable, Equatable {
    public struct Round: Sendable, Equatable {
        /// From 0.
        public var number: Int
        /// In all rounds. As the balancer rounds its numbers, to two digits after the point of
        /// their unit.
        public var movedBytes: Int64
        /// When the round began.
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
        /// The NameNode is in safe mode, or another balancer runs, or one was cut off a minute ago
        /// and its mark in HDFS is not free yet.
        case early(String)
        case failed(String)
    }

    /// The newest one; nil before it has told of any.
    public private(set) var round: Round?
    /// What was left after that.
    public private(set) var remainingBytes: Int64 = 0
    /// Nil while it goes on, or where it was cut off.
    public private(set) var ending: Ending?
    /// What it said last.
    public private(set) var lastLine = ""
    /// An exception of the NameNode's brings its stack, and only behind that "Exiting".
    private var lastException = ""

    /// Reads the output, or the end of it. Lines of its log may stand between.
    public init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) { read(line) }
    }

    private mutating func read(_ whole: Substring) {
        let line = whole.drop { $0 == " " || $0 == "\t" }
        guard !line.isEmpty else { return }
        if line.count == whole.count, line.contains("Exception") { lastException = String(line) }
        if let next = Self.round(line) {
            let moved = next.movedBytes - (round?.movedBytes ?? 0)
            remainingBytes = max(0, next.leftBytes - max(0, moved))
            round = next
        }
        if let words = Self.words(line) {
            ending = Self.ending(words.isEmpty ? lastException : words)
        }
        if !Self.isTiming(line) { lastLine = String(line) }
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

    /// `StringUtils.byteDesc`: powers of 1024. Hadoop 2 says `-1 B` for nothing.
    private static func bytes(_ number: Substring, _ unit: Substring) -> Int64? {
        guard let power = units.firstIndex(of: String(unit)),
            let value = Double(number.replacing(",", with: ".")), value >= -1
        else { return nil }
        var bytes = max(0, value)
        for _ in 0..<power { bytes *= 1024 }
        return Int64(exactly: bytes.rounded())
    }

    /// What stands before `Exiting...`, or `exiting...` of one that waits for an upgrade; nil in
    /// other lines, and in the log's own of the same exception.
    private static func words(_ line: Substring) -> String? {
        let marks = ["Exiting", "exiting"].compactMap { line.firstRange(of: $0)?.lowerBound }
        guard let mark = marks.min(), !line.contains("Exiting balancer") else { return nil }
        var words = line[..<mark]
        while let last = words.last, last == " " || last == "." { words.removeLast() }
        return String(words)
    }

    private static func ending(_ words: String) -> Ending {
        if words.contains("cluster is balanced") { return .balanced }
        if words.hasPrefix("No block ") { return .settled(words) }
        let isEarly = [
            "SafeMode", "safe mode", "nother Balancer", "nother balancer", "lease recovery",
            "RecoveryInProgress",
        ].contains { words.contains($0) }
        return isEarly ? .early(words) : .failed(words)
    }

    /// It says at the end when that was, and how long it took.
    private static func isTiming(_ line: Substring) -> Bool { line.contains("Balancing took ") }
}
