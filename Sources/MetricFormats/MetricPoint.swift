/// One value at one moment, as collectors send it: a name, what it belongs to, and when.
public struct MetricPoint: Sendable, Equatable {
    public var name: String
    /// By key, such as `host`; a key is there once.
    public var tags: [String: String]
    public var value: Double
    /// Seconds since 1970; nil where the sender leaves it to whoever receives it.
    public var at: Double?

    /// Bytes of a line without its end; carbon takes as many of a line of text.
    public static let maximumLineBytes = 16_384
    public static let maximumNameBytes = 255
    public static let maximumTags = 16
    /// Times after the year 2255 are no times (a time in microseconds is one of these).
    public static let latestSeconds = 9_000_000_000.0

    public init(name: String, tags: [String: String] = [:], value: Double, at: Double?) {
        self.name = name
        self.tags = tags
        self.value = value
        self.at = at
    }
}

/// Why a line or an object is no point. One lower-case line that quotes at most a word of it.
public struct MetricPointError: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) {
        self.description = description
    }

    /// `what` and the word that was found, cut to a length that fits a log.
    init(_ what: String, found word: Substring) {
        self.init("\(what), found '\(word.prefix(40))'")
    }
}
