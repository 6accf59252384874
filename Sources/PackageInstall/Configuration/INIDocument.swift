/// The sections of an ini file, read as libdnf does (`IniParser.cpp`, `ConfigParser.cpp`).
struct INIDocument: Sendable, Hashable {
    static let maximumLines = 100_000

    struct Section: Sendable, Hashable {
        let name: String
        /// In the order of the file; of a key that is there twice the last value counts.
        var values: [Value] = []

        subscript(key: String) -> String? { values.last { $0.key == key }?.text }
    }

    struct Value: Sendable, Hashable {
        let key: String
        /// Continuation lines are joined by line feeds.
        var text: String
    }

    private(set) var sections: [Section] = []

    init(_ text: String) throws(INIError) {
        var reader = INIReader()
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        guard lines.count <= Self.maximumLines else { throw INIError(line: 1, reason: .tooLong) }
        for (number, line) in lines.enumerated() {
            if let reason = reader.take(line) { throw INIError(line: number + 1, reason: reason) }
        }
        sections = reader.sections
    }
}

/// Why a file is none of ini's.
struct INIError: Error, Hashable, CustomStringConvertible {
    enum Reason: String {
        case noBracket = "a section's name has no ']'"
        case noName = "a section has no name"
        case textAfterName = "there is text after the ']'"
        case noSection = "it belongs to no [section]"
        case noEqualSign = "there is no '='"
        case noKey = "there is no name before the '='"
        case strayContinuation = "it is indented, and there is nothing that it continues"
        case tooLong = "it has too many lines"
    }

    let line: Int
    let reason: Reason

    var description: String { "line \(line): \(reason.rawValue)" }
}

/// Takes one line after another.
private struct INIReader {
    var sections: [INIDocument.Section] = []
    /// Whether an indented line goes on with the last value: a comment or an empty line ends that.
    private var isContinuable = false
    private var current: Int?

    mutating func take(_ line: Substring) -> INIError.Reason? {
        guard let first = line.first, first != "#", first != ";" else {
            isContinuable = false
            return nil
        }
        if first == "[" { return begin(line) }
        if first == " " || first == "\t" { return goOn(line) }
        return set(line)
    }

    private mutating func begin(_ line: Substring) -> INIError.Reason? {
        isContinuable = false
        guard let end = line.firstIndex(of: "]") else { return .noBracket }
        let name = String(line[line.index(after: line.startIndex)..<end])
        guard !name.isEmpty else { return .noName }
        let rest = line[line.index(after: end)...].trimmedBlanks
        guard rest.isEmpty || rest.hasPrefix("#") || rest.hasPrefix(";") else {
            return .textAfterName
        }
        current = sections.firstIndex { $0.name == name }
        if current == nil {
            current = sections.count
            sections.append(INIDocument.Section(name: name))
        }
        return nil
    }

    private mutating func goOn(_ line: Substring) -> INIError.Reason? {
        let text = line.trimmedBlanks
        guard isContinuable, let section = current,
            let value = sections[section].values.indices.last
        else { return text.isEmpty ? nil : .strayContinuation }
        sections[section].values[value].text += "\n" + text
        return nil
    }

    private mutating func set(_ line: Substring) -> INIError.Reason? {
        guard let section = current else { return .noSection }
        guard let equals = line.firstIndex(of: "=") else { return .noEqualSign }
        let key = line[..<equals].trimmedBlanks
        guard !key.isEmpty else { return .noKey }
        let text = String(line[line.index(after: equals)...].trimmedBlanks)
        sections[section].values.append(.init(key: String(key), text: text))
        isContinuable = true
        return nil
    }
}

extension StringProtocol {
    /// Without blanks and tabs at both ends.
    var trimmedBlanks: SubSequence {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isBlank($0) }),
            let last = lastIndex(where: { !isBlank($0) })
        else { return self[endIndex...] }
        return self[first...last]
    }
}
