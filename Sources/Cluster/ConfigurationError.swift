/// A configuration file that cannot be used: which file, which line, what is wrong there.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    public enum Problem: Sendable, Equatable {
        case unknownKey(String, nearest: String?)
        case missingKey(String)
        case duplicateKey(String, firstLine: Int)
        /// `expected` and `found` are words such as "a list".
        case wrongKind(key: String, expected: String, found: String)
        case badValue(key: String, value: String, expected: String)
        /// The YAML itself is malformed.
        case syntax(String)
        /// A construct or a size that we refuse.
        case refused(String)
    }

    /// The name the text was read under: a path, or words such as "user-data".
    public let file: String
    /// Counted from 1.
    public let line: Int
    public let problem: Problem

    public init(file: String, line: Int, _ problem: Problem) {
        self.file = file
        self.line = line
        self.problem = problem
    }

    /// One line, whatever stands in the file.
    public var description: String {
        String(
            String.UnicodeScalarView(
                "\(file):\(line): \(words)".unicodeScalars.map { scalar in
                    scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) ? "?" : scalar
                }))
    }

    private var words: String {
        switch problem {
        case .unknownKey(let key, nil): "unknown key '\(key)'"
        case .unknownKey(let key, let nearest?):
            "unknown key '\(key)', did you mean '\(nearest)'?"
        case .missingKey(let key): "key '\(key)' is missing"
        case .duplicateKey(let key, let first):
            "key '\(key)' is given twice, first on line \(first)"
        case .wrongKind(let key, let expected, let found):
            "'\(key)' must be \(expected), found \(found)"
        case .badValue(let key, let value, let expected):
            "'\(key)' is '\(value)', expected \(expected)"
        case .syntax(let words): words
        case .refused(let words): words
        }
    }
}
