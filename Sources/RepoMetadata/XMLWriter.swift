/// Appends XML to a buffer as libxml2 writes it without an encoding: attributes in pure ASCII, text
/// in UTF-8 (createrepo_c's xml_dump.c).
struct XMLWriter {
    private(set) var bytes: [UInt8] = []
    /// Whether a control character came that XML forbids; the package must be left out.
    private(set) var hasForbidden = false

    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func raw(_ text: [UInt8]) { bytes.append(contentsOf: text) }

    mutating func number(_ value: Int64) { bytes.append(contentsOf: String(value).utf8) }

    /// ` name="value"`
    mutating func attribute(_ name: StaticString, _ value: [UInt8]) {
        open(name)
        if Self.isPlain(value) {
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
        if Self.isPlain(value) {
            bytes.append(contentsOf: value)
        } else {
            for scalar in scalars(value) { escapeInText(scalar) }
        }
    }

    private mutating func open(_ name: StaticString) {
        bytes.append(UInt8(ascii: " "))
        raw(name)
        bytes.append(UInt8(ascii: "="))
        bytes.append(UInt8(ascii: "\""))
    }

    /// Printable ASCII without what XML escapes.
    private static func isPlain(_ value: [UInt8]) -> Bool {
        for byte in value {
            guard byte >= 0x20 && byte < 0x7f else { return false }
            switch byte {
            case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "\""):
                return false
            default: continue
            }
        }
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
