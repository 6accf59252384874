/// A figure of Hadoop under a key of words with dots between, such as `pool.etl.map.running`; one
/// for each pool or queue, none for each job or task.
public struct HadoopValue: Sendable, Equatable, Codable {
    public var key: String
    public var value: Double

    /// Of one answer; more is cut.
    public static let maximumCount = 4_000
    /// Of a pool's name; longer ones are cut.
    static let maximumWordBytes = 100

    public init(_ key: String, _ value: Double) {
        self.key = key
        self.value = value
    }

    /// A name that others chose as a word of a key: what would end it, or a line, becomes `_`, as
    /// carbon's own clients do it.
    public static func word(_ name: some StringProtocol) -> String {
        let word = String(
            name.unicodeScalars.prefix(maximumWordBytes / 4).map { scalar -> Character in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "_", "-": Character(scalar)
                default: "_"
                }
            })
        return word.isEmpty ? "_" : word
    }
}

/// Why an answer of Hadoop's is none that is known here: what was looked for.
public struct HadoopFormatError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
