/// Percent-encoding as AWS's canonical requests want it: upper-case hexadecimal, and nothing but
/// the unreserved characters of RFC 3986 left as it is.
public enum URIEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Encodes one path segment, query name or query value.
    public static func encode(_ text: some StringProtocol) -> String {
        encode(text, keeping: "")
    }

    /// Encodes a path, leaving its slashes.
    public static func encodePath(_ path: some StringProtocol) -> String {
        encode(path, keeping: "/")
    }

    static func encode(_ text: some StringProtocol, keeping kept: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) || kept.utf8.contains(byte) {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
