/// A value in a YAML document with the line it begins on.
public struct YAMLNode: Sendable, Equatable {
    public enum Content: Sendable, Equatable {
        /// `plain` is false for quoted and block scalars, which are never null.
        case scalar(String, plain: Bool)
        case sequence([YAMLNode])
        /// In the order of the document. Keys are unique.
        case mapping([YAMLEntry])
    }

    public let content: Content
    /// Counted from 1.
    public let line: Int

    public init(_ content: Content, line: Int) {
        self.content = content
        self.line = line
    }

    /// Nothing, `~` or `null` in plain style (YAML 1.2, section 10.3.2).
    public var isNull: Bool {
        guard case .scalar(let text, plain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The value of a key, if this is a mapping that has it.
    public subscript(key: String) -> YAMLNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// What it is, in words for an error.
    var kind: String {
        switch content {
        case _ where isNull: "nothing"
        case .scalar(let text, _): "'\(text.prefix(40))'"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// A key of a mapping with its value.
public struct YAMLEntry: Sendable, Equatable {
    public let key: String
    /// The line of the key, counted from 1.
    public let line: Int
    public let value: YAMLNode

    public init(key: String, line: Int, value: YAMLNode) {
        self.key = key
        self.line = line
        self.value = value
    }
}
