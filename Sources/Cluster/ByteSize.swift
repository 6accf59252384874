/// A number of bytes that is written with its unit.
public struct ByteSize: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let bytes: Int64

    public init(bytes: Int64) {
        self.bytes = bytes
    }

    /// A whole number, blanks if you like, and a unit: `B`, `KiB`, `MiB`, `GiB`, `TiB` (powers of
    /// 1024) or `kB`, `MB`, `GB`, `TB` (powers of 1000). A number without a unit is refused, since
    /// nobody can tell what it counts. Nil for anything else, zero and overflow.
    public init?(_ text: String) {
        guard let (number, unit) = Quantity.split(text), number > 0,
            let factor = Self.factors.first(where: { $0.unit == unit })?.bytes
        else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        self.bytes = bytes
    }

    /// Rounded up, as EBS counts.
    public var gibibytes: Int {
        Int(bytes >> 30) + (bytes & (1 << 30 - 1) == 0 ? 0 : 1)
    }

    /// In the largest binary unit that has no remainder.
    public var description: String {
        let fit = Self.factors.first { $0.isBinary && bytes % $0.bytes == 0 }
        return fit.map { "\(bytes / $0.bytes) \($0.unit)" } ?? "\(bytes) B"
    }

    public static func < (first: Self, second: Self) -> Bool { first.bytes < second.bytes }

    private static let factors: [(unit: String, bytes: Int64, isBinary: Bool)] = [
        ("TiB", 1 << 40, true), ("GiB", 1 << 30, true), ("MiB", 1 << 20, true),
        ("KiB", 1 << 10, true), ("B", 1, true), ("TB", 1_000_000_000_000, false),
        ("GB", 1_000_000_000, false), ("MB", 1_000_000, false), ("kB", 1000, false),
    ]
}

/// A whole number followed by its unit.
enum Quantity {
    static let maximumLength = 32

    static func split(_ text: String) -> (number: Int64, unit: String)? {
        guard text.utf8.count <= maximumLength else { return nil }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = Int64(digits), !unit.isEmpty else { return nil }
        return (number, String(unit))
    }
}

extension Duration {
    /// A whole number and a unit: `ms`, `s`, `min` or `h`. Nil for anything else, zero, and more
    /// than a year.
    public init?(quantity text: String) {
        guard let (number, unit) = Quantity.split(text), number > 0,
            let factor = Self.milliseconds[unit], number <= Self.millisecondsPerYear / factor
        else { return nil }
        self = .milliseconds(number * factor)
    }

    /// In whole milliseconds, as ``init(quantity:)`` reads it.
    public var quantity: String {
        "\(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000) ms"
    }

    private static let millisecondsPerYear: Int64 = 365 * 86_400_000
    private static let milliseconds: [String: Int64] = [
        "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000,
    ]
}
