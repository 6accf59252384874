/// A tag of a package's piece, as places in its bytes.
struct PieceTag {
    let name: Range<Int>
    /// What is between the name and the tag's end.
    let attributes: Range<Int>
    /// Past the tag.
    let end: Int

    /// The next opening tag from `place`. Closing tags are passed over; one inside a comment is
    /// found too, since nobody writes comments into a package.
    static func next(in bytes: Span<UInt8>, from place: Int) -> PieceTag? {
        var place = place
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "<"), place + 1 < bytes.count,
                isNameStart(bytes[place + 1])
            else {
                place += 1
                continue
            }
            return read(bytes, at: place + 1)
        }
        return nil
    }

    private static func read(_ bytes: Span<UInt8>, at start: Int) -> PieceTag? {
        var nameEnd = start
        while nameEnd < bytes.count, !isBlank(bytes[nameEnd]), bytes[nameEnd] != UInt8(ascii: ">"),
            bytes[nameEnd] != UInt8(ascii: "/")
        {
            nameEnd += 1
        }
        var quote: UInt8?
        var place = nameEnd
        while place < bytes.count {
            let byte = bytes[place]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: ">") {
                return PieceTag(
                    name: start..<nameEnd, attributes: nameEnd..<place, end: place + 1)
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            }
            place += 1
        }
        return nil
    }

    func isNamed(_ text: StaticString, _ bytes: Span<UInt8>) -> Bool {
        Self.equals(bytes, name, text)
    }

    /// An attribute's value with its references resolved; nil if there is none of that name.
    func value(_ name: StaticString, _ bytes: Span<UInt8>) -> [UInt8]? {
        var place = attributes.lowerBound
        while true {
            while place < attributes.upperBound, Self.isBlank(bytes[place]) { place += 1 }
            let start = place
            while place < attributes.upperBound, bytes[place] != UInt8(ascii: "=") { place += 1 }
            guard place < attributes.upperBound else { return nil }
            var end = place
            while end > start, Self.isBlank(bytes[end - 1]) { end -= 1 }
            place += 1
            while place < attributes.upperBound, Self.isBlank(bytes[place]) { place += 1 }
            guard place < attributes.upperBound else { return nil }
            let quote = bytes[place]
            guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
            place += 1
            let first = place
            while place < attributes.upperBound, bytes[place] != quote { place += 1 }
            guard place < attributes.upperBound else { return nil }
            if Self.equals(bytes, start..<end, name) {
                return Self.unescaped(bytes, first..<place)
            }
            place += 1
        }
    }

    /// The text up to the next tag, with its references resolved.
    func text(_ bytes: Span<UInt8>) -> [UInt8]? {
        var place = end
        while place < bytes.count, bytes[place] != UInt8(ascii: "<") { place += 1 }
        return Self.unescaped(bytes, end..<place)
    }

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (9...13).contains(byte)
    }

    private static func isNameStart(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":")
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func equals(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ text: StaticString
    ) -> Bool {
        text.withUTF8Buffer { wanted in
            range.count == wanted.count
                && wanted.indices.allSatisfy { bytes[range.lowerBound + $0] == wanted[$0] }
        }
    }

    /// Nil if a reference is none of XML's own.
    private static func unescaped(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        var place = range.lowerBound
        while place < range.upperBound {
            let byte = bytes[place]
            place += 1
            guard byte == UInt8(ascii: "&") else {
                result.append(byte)
                continue
            }
            let start = place
            while place < range.upperBound, bytes[place] != UInt8(ascii: ";") { place += 1 }
            guard place < range.upperBound else { return nil }
            guard let scalar = reference(bytes, start..<place) else { return nil }
            result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.EncodedScalar())
            place += 1
        }
        return result
    }

    private static func reference(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) -> Unicode.Scalar? {
        if equals(bytes, range, "amp") { return "&" }
        if equals(bytes, range, "lt") { return "<" }
        if equals(bytes, range, "gt") { return ">" }
        if equals(bytes, range, "quot") { return "\"" }
        if equals(bytes, range, "apos") { return "'" }
        guard range.count >= 2, range.count <= 8, bytes[range.lowerBound] == UInt8(ascii: "#")
        else { return nil }
        var digits = String.UnicodeScalarView()
        for place in (range.lowerBound + 1)..<range.upperBound {
            digits.append(Unicode.Scalar(bytes[place]))
        }
        let text = String(digits)
        let isHex = text.hasPrefix("x")
        return UInt32(isHex ? String(text.dropFirst()) : text, radix: isHex ? 16 : 10)
            .flatMap(Unicode.Scalar.init)
    }
}
