/// Marks and text of a page, one after the other. A `<` that begins no mark is text; a quoted
/// attribute may hold anything, a raw `<` or `>` too.
struct HTMLScanner {
    enum Event: Equatable {
        case start(String, [String: String])
        case end(String)
        case text(String)
    }

    /// Of one mark; more is left out.
    static let maximumAttributes = 32

    private let bytes: [UInt8]
    private var position = 0

    init(_ page: String) { bytes = Array(page.utf8) }

    mutating func next() -> Event? {
        guard position < bytes.count else { return nil }
        if bytes[position] == UInt8(ascii: "<"), let mark = mark() { return mark }
        let start = position
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
        return .text(Self.plain(String(decoding: bytes[start..<position], as: UTF8.self)))
    }

    /// The mark that begins here; nil, with nothing read, where it is none.
    private mutating func mark() -> Event? {
        let begin = position
        position += 1
        if isNext("!") || isNext("?") {
            skip(past: ">")
            return .text("")
        }
        let isEnd = isNext("/")
        if isEnd { position += 1 }
        let name = word()
        guard !name.isEmpty else {
            position = begin
            return nil
        }
        let attributes = attributes()
        return isEnd ? .end(name) : .start(name, attributes)
    }

    /// Up to and with the mark's end.
    private mutating func attributes() -> [String: String] {
        var attributes: [String: String] = [:]
        while position < bytes.count, !isNext(">") {
            let name = word()
            guard !name.isEmpty else {
                position += 1
                continue
            }
            skipBlanks()
            var value = ""
            if isNext("=") {
                position += 1
                skipBlanks()
                value = attributeValue()
            }
            if attributes.count < Self.maximumAttributes { attributes[name] = value }
        }
        if position < bytes.count { position += 1 }
        return attributes
    }

    private mutating func attributeValue() -> String {
        for quote in [UInt8(ascii: "\""), UInt8(ascii: "'")]
        where position < bytes.count && bytes[position] == quote {
            let start = position + 1
            let end = bytes[start...].firstIndex(of: quote) ?? bytes.count
            position = min(end + 1, bytes.count)
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }
        let start = position
        while position < bytes.count, !isBlank(bytes[position]), !isNext(">") { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Letters and digits, in lower case.
    private mutating func word() -> String {
        let start = position
        while position < bytes.count, isLetter(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self).lowercased()
    }

    private func isNext(_ character: Unicode.Scalar) -> Bool {
        position < bytes.count && bytes[position] == UInt8(ascii: character)
    }

    private mutating func skip(past character: Unicode.Scalar) {
        while position < bytes.count, !isNext(character) { position += 1 }
        position = min(position + 1, bytes.count)
    }

    private mutating func skipBlanks() {
        while position < bytes.count, isBlank(bytes[position]) { position += 1 }
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    private func isLetter(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
            || (0x61...0x7a).contains(byte) || byte == UInt8(ascii: "-")
    }

    static func trimmed(_ text: String) -> String {
        text.split { $0 == " " || $0.isNewline || $0 == "\t" }.joined(separator: " ")
    }

    private static let entities = [
        ("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&"),
    ]

    private static func plain(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var rest = text[...]
        var plain = ""
        while let sign = rest.firstIndex(of: "&") {
            plain += rest[..<sign]
            let known = entities.first { rest[sign...].hasPrefix($0.0) }
            plain += known?.1 ?? "&"
            rest = rest[sign...].dropFirst(known?.0.count ?? 1)
        }
        return plain + rest
    }
}
