/// Reads the keys of one mapping strictly: a key outside `known` is an error with its nearest
/// known neighbour, a value of the wrong kind is an error with what was expected.
package struct MappingReader {
    package let file: String
    package let line: Int
    /// The line of each key that is there.
    package let keyLines: [String: Int]
    private let entries: [String: YAMLNode]

    package init(_ node: YAMLNode, key: String, file: String, known: [String])
        throws(ConfigurationError)
    {
        guard case .mapping(let entries) = node.content else {
            throw ConfigurationError(
                file: file, line: node.line,
                .wrongKind(key: key, expected: "a mapping", found: node.kind))
        }
        for entry in entries where !known.contains(entry.key) {
            throw ConfigurationError(
                file: file, line: entry.line,
                .unknownKey(entry.key, nearest: Spelling.nearest(to: entry.key, in: known)))
        }
        self.file = file
        self.line = node.line
        keyLines = Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.line) })
        self.entries = Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.value) })
    }

    /// Nil if the key is absent or null.
    package func node(_ key: String) -> YAMLNode? {
        entries[key].flatMap { $0.isNull ? nil : $0 }
    }

    /// Text, if the key is there and not null.
    package func string(_ key: String) throws(ConfigurationError) -> String? {
        guard let node = node(key) else { return nil }
        return try text(of: node, key)
    }

    /// Text that must be there.
    package func required(_ key: String) throws(ConfigurationError) -> String {
        guard let value = try string(key) else { throw failure(.missingKey(key)) }
        return value
    }

    package func boolean(_ key: String) throws(ConfigurationError) -> Bool? {
        try parsed(key, expected: "true or false") { text in
            switch text {
            case "true": true
            case "false": false
            default: nil
            }
        }
    }

    /// A value made from text by `make`, which answers nil for text that is not `expected`.
    package func parsed<Value>(
        _ key: String, expected: String, _ make: (String) -> Value?
    ) throws(ConfigurationError) -> Value? {
        guard let node = node(key) else { return nil }
        return try parse(node, key, expected: expected, make)
    }

    func parse<Value>(
        _ node: YAMLNode, _ key: String, expected: String, _ make: (String) -> Value?
    ) throws(ConfigurationError) -> Value {
        let text = try text(of: node, key)
        guard let value = make(text) else {
            throw ConfigurationError(
                file: file, line: node.line,
                .badValue(key: key, value: text, expected: expected))
        }
        return value
    }

    /// The items of a list; empty if the key is absent.
    package func list(_ key: String) throws(ConfigurationError) -> [YAMLNode] {
        guard let node = node(key) else { return [] }
        guard case .sequence(let items) = node.content else {
            throw wrongKind(node, key, expected: "a list")
        }
        return items
    }

    package func strings(_ key: String) throws(ConfigurationError) -> [String] {
        var texts: [String] = []
        for item in try list(key) { texts.append(try text(of: item, key)) }
        return texts
    }

    /// The entries of a mapping with free keys; empty if the key is absent.
    package func entries(of key: String) throws(ConfigurationError) -> [YAMLEntry] {
        guard let node = node(key) else { return [] }
        return try entries(of: node, key)
    }

    package func entries(of node: YAMLNode, _ key: String) throws(ConfigurationError) -> [YAMLEntry]
    {
        guard case .mapping(let entries) = node.content else {
            throw wrongKind(node, key, expected: "a mapping")
        }
        return entries
    }

    /// The text of `node`, which must be a scalar and not null.
    package func text(of node: YAMLNode, _ key: String) throws(ConfigurationError) -> String {
        guard case .scalar(let text, _) = node.content, !node.isNull else {
            throw wrongKind(node, key, expected: "text")
        }
        return text
    }

    /// An error at a line of this file; that of the mapping unless told otherwise.
    package func failure(
        _ problem: ConfigurationError.Problem, line: Int? = nil
    ) -> ConfigurationError {
        ConfigurationError(file: file, line: line ?? self.line, problem)
    }

    private func wrongKind(
        _ node: YAMLNode, _ key: String, expected: String
    ) -> ConfigurationError {
        failure(.wrongKind(key: key, expected: expected, found: node.kind), line: node.line)
    }
}
