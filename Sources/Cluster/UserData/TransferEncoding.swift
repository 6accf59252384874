/// Content-Transfer-Encodings (RFC 2045, section 6).
enum TransferEncoding {
    /// Nil for a name that is not known, and for content that is not in it.
    static func decode(_ bytes: [UInt8], _ name: String) -> [UInt8]? {
        switch name.filter({ !$0.isWhitespace }).lowercased() {
        case "", "7bit", "8bit", "binary": bytes
        case "base64":
            bytes.allSatisfy { $0 <= 0x20 } ? [] : UserDataSearch.base64(bytes)
        case "quoted-printable": quotedPrintable(bytes)
        default: nil
        }
    }

    /// RFC 2045, section 6.7.
    private static func quotedPrintable(_ bytes: [UInt8]) -> [UInt8]? {
        var decoded: [UInt8] = []
        var lines = MIMELines(bytes)
        while let line = lines.next() {
            var text = line
            while let last = text.last, last == 0x20 || last == 0x09 { text = text.dropLast() }
            let isSoft = text.last == UInt8(ascii: "=")
            if isSoft { text = text.dropLast() }
            guard append(text, to: &decoded) else { return nil }
            let isLast = lines.offset == bytes.count && bytes.last != 0x0a
            if !isSoft, !isLast { decoded.append(0x0a) }
        }
        return decoded
    }

    private static func append(_ line: ArraySlice<UInt8>, to decoded: inout [UInt8]) -> Bool {
        var rest = line
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                decoded.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, digits.utf8.first != UInt8(ascii: "+"),
                let value = UInt8(digits, radix: 16)
            else { return false }
            decoded.append(value)
            rest = rest.dropFirst(2)
        }
        return true
    }
}
