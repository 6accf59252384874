/// Appends XML to a buffer as libxml2 writes it without an encoding: attributes in pure ASCII, text
/// in UTF-8 (createrepo_c's xml_dump.c).
struct XMLWriter {
    private(set) var bytes: [UInt8] = []
    /// Whether a control character came that XML forbids; the package must be left out.
    private(set) var hasForbidden = false

    /// Forgets what was written and what was found.
    mutating func begin() {
        bytes.removeAll(keepingCapacity: true)
        hasForbidden = false
    }

    /// Gives what was written, exactly as long as it is, and begins anew with the same buffer.
    mutating func take() -> [UInt8] {
        // A slice of all of it would share the buffer, with all its capacity.
        let written = bytes.withUnsafeBufferPointer { Array($0) }
        bytes.removeAll(keepingCapacity: true)
        return written
    }

    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func raw(_ text: [UInt8]) { bytes.append(contentsOf: text) }

    private mutating func raw(_ text: Span<UInt8>) {
        text.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    mutating func number(_ value: Int64) { bytes.append(contentsOf: String(value).utf8) }

    /// ` name="value"`
    mutating func attribute(_ name: StaticString, _ value: [UInt8]) {
        open(name)
        if Self.isPlain(value.span) {
            bytes.append(contentsOf: value)
        } else {
            for scalar in scalars(value) { escapeInAttribute(scalar) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func attribute(_ name: StaticString, _ value: Int64) {
        open(name)
        number(value)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func attribute(_ name: StaticString, literal: StaticString) {
        open(name)
        raw(literal)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func text(_ value: [UInt8]) {
        if Self.isPlain(value.span) {
            bytes.append(contentsOf: value)
        } else if !ascii(value.span) {
            for scalar in scalars(value) { escapeInText(scalar) }
        }
    }

    /// Two parts of one text.
    mutating func text(_ bytes: [UInt8], _ first: Range<Int>, _ second: Range<Int>) {
        let (one, two) = (bytes.span.extracting(first), bytes.span.extracting(second))
        if Self.isPlain(one) && Self.isPlain(two) {
            raw(one)
            raw(two)
        } else {
            // Whether it is UTF-8 can be said of the whole alone.
            text(Array(bytes[first]) + Array(bytes[second]))
        }
    }

    private mutating func open(_ name: StaticString) {
        bytes.append(UInt8(ascii: " "))
        raw(name)
        bytes.append(UInt8(ascii: "="))
        bytes.append(UInt8(ascii: "\""))
    }

    /// Printable ASCII without what XML escapes.
    private static func isPlain(_ value: Span<UInt8>) -> Bool {
        value.withUnsafeBytes { buffer in
            var place = 0
            while place + 8 <= buffer.count {
                let word = buffer.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                if special(word) != 0 { return false }
                place += 8
            }
            if place == buffer.count { return true }
            var last: UInt64 = 0x2020_2020_2020_2020
            while place < buffer.count {
                last = last << 8 | UInt64(buffer[place])
                place += 1
            }
            return special(last) == 0
        }
    }

    /// Not 0 if one of eight bytes is no printable ASCII or is escaped: below 0x20, above 0x7e, or
    /// one of `"&<>` (the usual way to look at a word's bytes at once; a byte that is one of them
    /// may make its neighbour look so too, which costs time only).
    private static func special(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        func isZero(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }
        let low = (word &- ones &* 0x20) & ~word
        let found =
            word | low | isZero(word ^ ones &* 0x7f) | isZero(word ^ ones &* 0x22)
            | isZero(word ^ ones &* 0x26) | isZero(word ^ ones &* 0x3c)
            | isZero(word ^ ones &* 0x3e)
        return found & tops
    }

    /// Writes text of ASCII alone, which most text is, run by run. False, and nothing is written,
    /// if it is not.
    private mutating func ascii(_ value: Span<UInt8>) -> Bool {
        for place in value.indices where value[place] >= 0x80 { return false }
        var start = 0
        for place in value.indices {
            let byte = value[place]
            let escape: StaticString
            switch byte {
            case UInt8(ascii: "<"): escape = "&lt;"
            case UInt8(ascii: ">"): escape = "&gt;"
            case UInt8(ascii: "&"): escape = "&amp;"
            case 13: escape = "&#13;"
            case 9, 10, 32...: continue
            default:
                hasForbidden = true
                continue
            }
            raw(value.extracting(start..<place))
            raw(escape)
            start = place + 1
        }
        raw(value.extracting(start..<value.count))
        return true
    }

    /// What is not valid UTF-8 is read as Latin-1, whose control characters (0x80 to 0xBF, as
    /// createrepo_c has it) are left out.
    private mutating func scalars(_ value: [UInt8]) -> [Unicode.Scalar] {
        let scalars: [Unicode.Scalar]
        if let text = String(validating: value, as: UTF8.self) {
            scalars = Array(text.unicodeScalars)
        } else {
            scalars = value.filter { $0 < 0x80 || $0 >= 0xc0 }.map { Unicode.Scalar($0) }
        }
        let allowed: Set<UInt32> = [9, 10, 13]
        if scalars.contains(where: { $0.value < 32 && !allowed.contains($0.value) }) {
            hasForbidden = true
        }
        return scalars
    }

    private mutating func escapeInText(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "<": raw("&lt;")
        case ">": raw("&gt;")
        case "&": raw("&amp;")
        case "\r": raw("&#13;")
        default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.EncodedScalar())
        }
    }

    private mutating func escapeInAttribute(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "<": raw("&lt;")
        case ">": raw("&gt;")
        case "&": raw("&amp;")
        case "\"": raw("&quot;")
        case "\n": raw("&#10;")
        case "\r": raw("&#13;")
        case "\t": raw("&#9;")
        case _ where scalar.isASCII: bytes.append(UInt8(scalar.value))
        default:
            raw("&#x")
            bytes.append(contentsOf: String(scalar.value, radix: 16, uppercase: true).utf8)
            bytes.append(UInt8(ascii: ";"))
        }
    }
}
