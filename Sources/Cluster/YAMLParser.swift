internal import CYAML

extension YAMLNode {
    public static let maximumBytes = 1 << 20
    public static let maximumDepth = 24
    public static let maximumNodes = 50_000

    /// Reads one YAML 1.1 document with libyaml.
    ///
    /// Refused: more than one document, aliases (a few lines of them can stand for gigabytes),
    /// tags, keys that are not plain text or are given twice, and what is larger than the limits
    /// above.
    /// An empty document is null.
    public static func parse(
        _ bytes: [UInt8], file: String
    ) throws(ConfigurationError) -> YAMLNode {
        guard bytes.count <= maximumBytes else {
            throw ConfigurationError(
                file: file, line: 1,
                .refused("\(bytes.count) bytes are more than \(maximumBytes)"))
        }
        var events = YAMLEvents(bytes, file: file)
        return try events.document()
    }
}

/// One libyaml event, copied out of C.
private struct YAMLEvent {
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd
        case scalar(String, plain: Bool), sequenceStart, sequenceEnd, mappingStart, mappingEnd
        case alias, nothing
    }
    let kind: Kind
    let line: Int
    let isTagged: Bool
}

/// Owns a libyaml parser and the bytes it reads.
private struct YAMLEvents: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let file: String
    /// libyaml counts one more at the end of a text whose last line is not ended.
    private let lastLine: Int
    private var nodes = 0

    init(_ bytes: [UInt8], file: String) {
        self.file = file
        lastLine = Self.lines(of: bytes)
        input = .allocate(capacity: max(bytes.count, 1))
        _ = input.update(fromContentsOf: bytes)
        parser = .allocate(capacity: 1)
        // Fails only where memory does; a parser of zeros then reports an error on its first event.
        parser.initialize(to: yaml_parser_t())
        if yaml_parser_initialize(parser) == 1 {
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
        }
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    mutating func document() throws(ConfigurationError) -> YAMLNode {
        _ = try next()
        guard case .documentStart = try next().kind else {
            return YAMLNode(.scalar("", plain: true), line: 1)
        }
        let root = try node(from: next(), depth: 1)
        _ = try next()
        let last = try next()
        guard case .streamEnd = last.kind else {
            throw failure(last.line, .refused("a second document begins here; one is allowed"))
        }
        return root
    }

    private mutating func node(
        from event: YAMLEvent, depth: Int
    ) throws(ConfigurationError) -> YAMLNode {
        nodes += 1
        guard nodes <= YAMLNode.maximumNodes else {
            throw failure(event.line, .refused("more than \(YAMLNode.maximumNodes) values"))
        }
        guard depth <= YAMLNode.maximumDepth else {
            throw failure(
                event.line, .refused("nested deeper than \(YAMLNode.maximumDepth) levels"))
        }
        guard !event.isTagged else {
            throw failure(event.line, .refused("tags such as '!!str' are not allowed"))
        }
        switch event.kind {
        case .scalar(let text, let plain):
            return YAMLNode(.scalar(text, plain: plain), line: event.line)
        case .sequenceStart: return try sequence(event.line, depth)
        case .mappingStart: return try mapping(event.line, depth)
        case .alias:
            throw failure(event.line, .refused("aliases are not allowed; write the value out"))
        default: throw failure(event.line, .syntax("a value is missing"))
        }
    }

    private mutating func sequence(
        _ line: Int, _ depth: Int
    ) throws(ConfigurationError) -> YAMLNode {
        var items: [YAMLNode] = []
        while true {
            let event = try next()
            if case .sequenceEnd = event.kind { return YAMLNode(.sequence(items), line: line) }
            items.append(try node(from: event, depth: depth + 1))
        }
    }

    private mutating func mapping(
        _ line: Int, _ depth: Int
    ) throws(ConfigurationError) -> YAMLNode {
        var entries: [YAMLEntry] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try next()
            if case .mappingEnd = event.kind { return YAMLNode(.mapping(entries), line: line) }
            guard case .scalar(let key, _) = event.kind else {
                throw failure(event.line, .refused("a key must be plain text"))
            }
            if let first = lines.updateValue(event.line, forKey: key) {
                throw failure(event.line, .duplicateKey(key, firstLine: first))
            }
            let value = try node(from: next(), depth: depth + 1)
            entries.append(YAMLEntry(key: key, line: event.line, value: value))
        }
    }

    private mutating func next() throws(ConfigurationError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        return YAMLEvent(
            kind: Self.kind(of: event), line: Int(event.start_mark.line) + 1,
            isTagged: Self.isTagged(event))
    }

    private static func kind(of event: yaml_event_t) -> YAMLEvent.Kind {
        switch event.type {
        case YAML_STREAM_START_EVENT: .streamStart
        case YAML_STREAM_END_EVENT: .streamEnd
        case YAML_DOCUMENT_START_EVENT: .documentStart
        case YAML_DOCUMENT_END_EVENT: .documentEnd
        case YAML_SEQUENCE_START_EVENT: .sequenceStart
        case YAML_SEQUENCE_END_EVENT: .sequenceEnd
        case YAML_MAPPING_START_EVENT: .mappingStart
        case YAML_MAPPING_END_EVENT: .mappingEnd
        case YAML_ALIAS_EVENT: .alias
        case YAML_SCALAR_EVENT: scalar(event.data.scalar)
        default: .nothing
        }
    }

    private static func scalar(_ scalar: yaml_event_t.__Unnamed_union_data.__Unnamed_struct_scalar)
        -> YAMLEvent.Kind
    {
        let text = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        return .scalar(
            String(decoding: text, as: UTF8.self),
            plain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
    }

    private static func isTagged(_ event: yaml_event_t) -> Bool {
        switch event.type {
        case YAML_SCALAR_EVENT: event.data.scalar.tag != nil
        case YAML_SEQUENCE_START_EVENT: event.data.sequence_start.tag != nil
        case YAML_MAPPING_START_EVENT: event.data.mapping_start.tag != nil
        default: false
        }
    }

    private func syntaxError() -> ConfigurationError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "not readable as YAML"
        // Reader errors (bytes that are no UTF-8) have an offset instead of a mark.
        return failure(Int(parser.pointee.problem_mark.line) + 1, .syntax(problem))
    }

    private func failure(
        _ line: Int, _ problem: ConfigurationError.Problem
    ) -> ConfigurationError {
        ConfigurationError(file: file, line: min(line, lastLine), problem)
    }

    /// Lines with anything in them up to the last such; line ends as YAML 1.1 has them (section
    /// 4.2): LF, CR, CR LF, NEL, LS and PS.
    private static func lines(of bytes: [UInt8]) -> Int {
        var ends = 0
        for (place, byte) in bytes.enumerated() where place + 1 < bytes.count {
            switch byte {
            case 0x0a: ends += 1
            case 0x0d where bytes[place + 1] != 0x0a: ends += 1
            case 0x85 where place > 0 && bytes[place - 1] == 0xc2: ends += 1
            case 0xa8, 0xa9:
                if place > 1, bytes[place - 1] == 0x80, bytes[place - 2] == 0xe2 { ends += 1 }
            default: break
            }
        }
        return ends + 1
    }
}
