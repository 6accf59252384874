/// How text is written in a unit file: systemd.syntax(7) for quotes, systemd.unit(5) for `%`.
enum SystemdText {
    typealias Failure = SystemdUnit.Failure

    /// One word of a list of words, in quotes where it needs them.
    static func word(_ key: String, _ text: String) throws(Failure) -> String {
        if !text.isEmpty, text.utf8.allSatisfy(isPlain) { return text }
        var quoted = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\0": throw Failure(key: key, value: text, reason: "it holds a zero byte")
            case "\\": quoted += "\\\\"
            case "\"": quoted += "\\\""
            case "%": quoted += "%%"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                quoted += "\\x" + hex(UInt8(scalar.value))
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return "\"\(quoted)\""
    }

    /// `NAME=VALUE` as one word. systemd takes no control characters but tab and line feed.
    static func assignment(_ name: String, _ value: String) throws(Failure) -> String {
        let first = name.utf8.first ?? UInt8(ascii: "0")
        guard !isDigit(first), name.utf8.allSatisfy({ isNameByte($0) }) else {
            throw Failure(key: "Environment", value: name, reason: "it is no name of a variable")
        }
        let isClean = value.unicodeScalars.allSatisfy {
            ($0.value >= 0x20 && $0.value != 0x7f) || $0 == "\t" || $0 == "\n"
        }
        guard isClean else {
            throw Failure(key: "Environment", value: name, reason: "it holds control characters")
        }
        return try word("Environment", "\(name)=\(value)")
    }

    /// A value that goes to the end of its line, where quotes stand for themselves.
    static func rest(_ key: String, _ text: String) throws(Failure) -> String {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last,
            first != " ", last != " ", last != "\\",
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f })
        else {
            throw Failure(
                key: key, value: text,
                reason: "it is empty, has blanks or a backslash at its end, or control characters")
        }
        return text.replacing("%", with: "%%")
    }

    /// A path in a list where backslashes stand for themselves.
    static func path(_ key: String, _ text: String) throws(Failure) -> String {
        guard text.hasPrefix("/"), !text.contains("\""), !text.contains("\\") else {
            throw Failure(
                key: key, value: text,
                reason: "it is no absolute path without quotes and backslashes")
        }
        return "\"\(try rest(key, text))\""
    }

    /// A name of a unit or of a user.
    static func name(_ key: String, _ text: String) throws(Failure) -> String {
        guard let first = text.utf8.first, first != UInt8(ascii: "-"),
            text.utf8.allSatisfy({ isNameByte($0) || ".-@".utf8.contains($0) })
        else { throw Failure(key: key, value: text, reason: "it is no plain name") }
        return text
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        isNameByte(byte) || "./:,=+-@".utf8.contains(byte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "_") || (0x41...0x5a).contains(byte)
            || (0x61...0x7a).contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }
}
