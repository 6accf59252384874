/// A pull reader for the XML that AWS services answer: elements, text and entities. Attributes are
/// skipped; document types, and with them entities of one's own, are refused.
struct XMLReader {
    enum Event: Equatable {
        case start(String)
        case end(String)
        case text(String)
    }

    struct Failure: Error, CustomStringConvertible {
        var offset: Int
        var reason: String
        var description: String { "xml at byte \(offset): \(reason)" }
    }

    private let bytes: [UInt8]
    private var position = 0
    /// The end that an empty element `<a/>` still owes.
    private var owed: String?

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next event; nil at the end of the document.
    mutating func next() throws(Failure) -> Event? {
        if let name = owed {
            owed = nil
            return .end(name)
        }
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<") else { return .text(try text()) }
            if starts(with: "<?") {
                _ = try take(through: "?>")
            } else if starts(with: "<!--") {
                _ = try take(through: "-->")
            } else if starts(with: "<![CDATA[") {
                position += 9
                return .text(try take(through: "]]>"))
            } else if starts(with: "<!") {
                throw failure("a document type is not accepted")
            } else {
                return try tag()
            }
        }
        return nil
    }

    private mutating func tag() throws(Failure) -> Event {
        position += 1
        let isEnd = starts(with: "/")
        if isEnd { position += 1 }
        let content = try take(through: ">")
        let isEmpty = content.hasSuffix("/")
        let name = content.prefix { !$0.isWhitespace && $0 != "/" }
        guard !name.isEmpty else { throw failure("an element without a name") }
        let local = String(name.split(separator: ":").last ?? name)
        if isEnd { return .end(local) }
        if isEmpty { owed = local }
        return .start(local)
    }

    private mutating func text() throws(Failure) -> String {
        let end = bytes[position...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        defer { position = end }
        let raw = String(decoding: bytes[position..<end], as: UTF8.self)
        guard raw.contains("&") else { return raw }
        var result = ""
        var rest = raw[...]
        while let mark = rest.firstIndex(of: "&") {
            result += rest[..<mark]
            guard let stop = rest[mark...].firstIndex(of: ";"),
                let character = XMLReader.entity(rest[rest.index(after: mark)..<stop])
            else { throw failure("an unknown entity") }
            result.append(character)
            rest = rest[rest.index(after: stop)...]
        }
        return result + rest
    }

    private static func entity(_ name: Substring) -> Character? {
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.hasPrefix("#") else { return nil }
            let isHexadecimal = name.hasPrefix("#x")
            let code = UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10)
            return code.flatMap { Unicode.Scalar($0) }.map { Character($0) }
        }
    }

    private func starts(with text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[position...].starts(with: $0) }
    }

    /// What comes before `mark`; the position is behind it afterwards.
    private mutating func take(through mark: String) throws(Failure) -> String {
        let mark = Array(mark.utf8)
        var end = position
        while end + mark.count <= bytes.count {
            if bytes[end..<(end + mark.count)].elementsEqual(mark) {
                defer { position = end + mark.count }
                return String(decoding: bytes[position..<end], as: UTF8.self)
            }
            end += 1
        }
        throw failure("'\(String(decoding: mark, as: UTF8.self))' is missing")
    }

    private func failure(_ reason: String) -> Failure { Failure(offset: position, reason: reason) }
}
