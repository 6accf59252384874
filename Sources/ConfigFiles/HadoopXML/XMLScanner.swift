/// Cuts XML 1.0 into its pieces without changing or interpreting any: for a file of which all but a
/// few bytes must stay as they are. Entities of a document's own are not followed.
struct XMLScanner {
    enum Piece: Equatable {
        case text(Range<Int>)
        /// What stands between `<![CDATA[` and `]]>`.
        case characterData(Range<Int>)
        /// What stands between `<!--` and `-->`.
        case comment(Range<Int>)
        /// Processing instructions, and the declaration of the document's type.
        case other
        case start(name: String, attributes: [String: String], isEmpty: Bool)
        case end(name: String)
    }

    let bytes: [UInt8]
    /// Where the next piece begins.
    private(set) var position = 0

    init(_ bytes: [UInt8], from position: Int) {
        self.bytes = bytes
        self.position = position
    }

    /// The next piece; nil at the end.
    mutating func next() throws(HadoopXML.Failure) -> Piece? {
        guard position < bytes.count else { return nil }
        guard bytes[position] == UInt8(ascii: "<") else {
            let start = position
            while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
            return .text(start..<position)
        }
        if skip("<!--") { return .comment(try through("-->", of: "a comment")) }
        if skip("<![CDATA[") { return .characterData(try through("]]>", of: "CDATA")) }
        if skip("<?") {
            _ = try through("?>", of: "a processing instruction")
            return .other
        }
        if skip("<!DOCTYPE") {
            try skipDocumentType()
            return .other
        }
        if skip("</") {
            let name = try name()
            skipBlanks()
            try expect(">", after: "</\(name)")
            return .end(name: name)
        }
        position += 1
        return try start()
    }

    /// The number of the line that holds a place, from 1.
    func line(at place: Int) -> Int {
        bytes[..<min(place, bytes.count)].count { $0 == UInt8(ascii: "\n") } + 1
    }

    func failure(_ reason: String, at place: Int? = nil) -> HadoopXML.Failure {
        .malformed(line: line(at: place ?? position), reason: reason)
    }

    /// S of XML 1.0.
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
    }

    static func trimmed(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let head = bytes.prefix { isBlank($0) }.count
        let tail = bytes.reversed().prefix { isBlank($0) }.count
        guard head + tail < bytes.count else { return "" }
        return String(decoding: bytes[head..<(bytes.count - tail)], as: UTF8.self)
    }

    private mutating func start() throws(HadoopXML.Failure) -> Piece {
        let name = try name()
        var attributes: [String: String] = [:]
        while true {
            let before = position
            skipBlanks()
            if skip("/>") { return .start(name: name, attributes: attributes, isEmpty: true) }
            if skip(">") { return .start(name: name, attributes: attributes, isEmpty: false) }
            guard position > before else {
                throw failure("'<\(name)' is not ended by '>'")
            }
            let key = try self.name()
            skipBlanks()
            try expect("=", after: key)
            skipBlanks()
            attributes[key] = XMLText.decoded(bytes[try quoted()])
        }
    }

    private mutating func quoted() throws(HadoopXML.Failure) -> Range<Int> {
        let start = position
        for quote in ["\"", "'"] where skip(quote) {
            return try through(quote, of: "a value in quotes")
        }
        throw failure("a value in quotes is expected", at: start)
    }

    /// The internal subset may hold quotes, comments and instructions that hold brackets.
    private mutating func skipDocumentType() throws(HadoopXML.Failure) {
        let start = position
        var depth = 0
        while position < bytes.count {
            if skip("<!--") {
                _ = try through("-->", of: "a comment")
            } else if skip("<?") {
                _ = try through("?>", of: "a processing instruction")
            } else if bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'")
            {
                _ = try quoted()
            } else {
                let byte = bytes[position]
                position += 1
                if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "<") { depth += 1 }
                if byte == UInt8(ascii: "]") { depth -= 1 }
                if byte == UInt8(ascii: ">") {
                    guard depth > 0 else { return }
                    depth -= 1
                }
            }
        }
        throw failure("'<!DOCTYPE' is not ended", at: start)
    }

    private mutating func name() throws(HadoopXML.Failure) -> String {
        let start = position
        while position < bytes.count, Self.isNameByte(bytes[position]) { position += 1 }
        guard position > start else { throw failure("a name is expected after '<'") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        !isBlank(byte) && !"<>/=\"'&".utf8.contains(byte)
    }

    private mutating func skipBlanks() {
        while position < bytes.count, Self.isBlank(bytes[position]) { position += 1 }
    }

    private mutating func skip(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    private mutating func expect(_ text: String, after what: String) throws(HadoopXML.Failure) {
        guard skip(text) else { throw failure("'\(text)' is expected after '\(what)'") }
    }

    /// What stands before `end`, which is passed.
    private mutating func through(
        _ end: String, of what: String
    ) throws(HadoopXML.Failure) -> Range<Int> {
        let start = position
        while position < bytes.count {
            let found = position
            if skip(end) { return start..<found }
            position += 1
        }
        throw failure("\(what) is not ended by '\(end)'", at: start)
    }
}

/// The text of elements and attributes.
enum XMLText {
    /// Characters between `&` and `;`: `#x10ffff` and the like, with zeros before it.
    private static let maximumReference = 12
    private static let entities = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]

    /// With predefined entities and character references replaced; others stay as they are written.
    static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.contains("&") else { return text }
        var result = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "&") {
            result += rest[..<mark]
            rest = rest[mark...]
            guard let end = rest.prefix(maximumReference + 2).firstIndex(of: ";"),
                let character = character(rest[..<end].dropFirst())
            else {
                result += "&"
                rest = rest.dropFirst()
                continue
            }
            result += character
            rest = rest[end...].dropFirst()
        }
        return result + rest
    }

    private static func character(_ name: Substring) -> String? {
        if let character = entities[String(name)] { return character }
        guard name.hasPrefix("#") else { return nil }
        let digits = name.dropFirst()
        let code =
            digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return code.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
    }
}
