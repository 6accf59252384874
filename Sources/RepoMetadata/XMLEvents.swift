/// Reads XML as a sequence of events: as much of it as repository metadata uses. Comments,
/// processing instructions and document types are skipped, so there are no entities but XML's five
/// and numbers, and nothing can be expanded without end.
struct XMLEvents {
    enum Event: Equatable {
        case start(name: String, attributes: [String: String])
        case end(name: String)
        case text(String)
    }

    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private var pendingEnd: String?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes[...]
        position = 0
    }

    /// The next event, or nil at the end.
    mutating func next() throws(XMLError) -> Event? {
        if let name = pendingEnd {
            pendingEnd = nil
            return .end(name: name)
        }
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<") else { return .text(try text()) }
            if try !skipMarkup() { return try tag() }
        }
        return nil
    }

    private mutating func text() throws(XMLError) -> String {
        let end = bytes[position...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.endIndex
        defer { position = end }
        return try unescape(bytes[position..<end])
    }

    /// Skips what is no element; says whether there was such a thing.
    private mutating func skipMarkup() throws(XMLError) -> Bool {
        for (opening, closing) in [("<?", "?>"), ("<!--", "-->"), ("<!", ">")]
        where starts(with: opening) {
            try skip(past: closing)
            return true
        }
        return false
    }

    private mutating func tag() throws(XMLError) -> Event {
        let start = position
        try skip(past: ">")
        var inner = bytes[(start + 1)..<(position - 1)]
        if inner.first == UInt8(ascii: "/") {
            return .end(name: try name(inner.dropFirst()))
        }
        let isEmpty = inner.last == UInt8(ascii: "/")
        if isEmpty { inner = inner.dropLast() }
        let nameEnd = inner.firstIndex(where: isBlank) ?? inner.endIndex
        let name = try name(inner[..<nameEnd])
        if isEmpty { pendingEnd = name }
        return .start(name: name, attributes: try attributes(inner[nameEnd...]))
    }

    private func attributes(_ text: ArraySlice<UInt8>) throws(XMLError) -> [String: String] {
        var found: [String: String] = [:]
        var rest = text.drop(while: isBlank)
        while !rest.isEmpty {
            guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { throw error }
            let key = try name(rest[..<equals])
            let value = rest[(equals + 1)...].drop(while: isBlank)
            guard let quote = value.first,
                quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
                let end = value.dropFirst().firstIndex(of: quote)
            else { throw error }
            found[key] = try unescape(value[(value.startIndex + 1)..<end])
            rest = value[(end + 1)...].drop(while: isBlank)
        }
        return found
    }

    private func name(_ text: ArraySlice<UInt8>) throws(XMLError) -> String {
        let trimmed = text.prefix { !isBlank($0) }
        guard !trimmed.isEmpty else { throw error }
        return String(decoding: trimmed, as: UTF8.self)
    }

    private func unescape(_ text: ArraySlice<UInt8>) throws(XMLError) -> String {
        var parts = String(decoding: text, as: UTF8.self)
            .split(separator: "&", omittingEmptySubsequences: false)
        var result = String(parts.removeFirst())
        for part in parts {
            guard let end = part.firstIndex(of: ";"),
                let character = Self.character(part[..<end])
            else { throw error }
            result.append(character)
            result += part[part.index(after: end)...]
        }
        return result
    }

    private static func character(_ name: Substring) -> Character? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default: break
        }
        guard name.first == "#" else { return nil }
        let digits = name.dropFirst()
        let isHex = digits.first == "x"
        return UInt32(isHex ? digits.dropFirst() : digits, radix: isHex ? 16 : 10)
            .flatMap(Unicode.Scalar.init).map(Character.init)
    }

    private func starts(with text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    private mutating func skip(past text: String) throws(XMLError) {
        let wanted = Array(text.utf8)
        while position + wanted.count <= bytes.count {
            if bytes[position...].starts(with: wanted) {
                position += wanted.count
                return
            }
            position += 1
        }
        throw error
    }

    private var error: XMLError { XMLError(offset: position) }
}

private func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (9...13).contains(byte)
}

/// Bytes that are no XML, at an offset.
struct XMLError: Error, Equatable {
    let offset: Int
}
