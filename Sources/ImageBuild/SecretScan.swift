internal import CLinux
internal import Glibc

/// Finds what looks like a secret in text. Only whole texts are looked at: libraries and programs
/// hold the words of keys without holding keys.
enum SecretScan {
    /// Goes up with every change of what is found: layers that another one scanned are not used.
    static let version = 1
    /// Folders of documents and tables that packages bring, whose examples are no secrets.
    static let passedOver = ["usr/share/doc/", "usr/share/perl/", "usr/lib/python3/"]

    /// What is wrong with a file's content; nil if nothing is. `path` has no leading slash.
    static func finding(in bytes: UnsafeRawBufferPointer, path: String) -> String? {
        if passedOver.contains(where: path.hasPrefix) || contains(bytes, [0]) { return nil }
        if hasPrivateKey(bytes) { return "a private key" }
        for prefix in ["AKIA", "ASIA"] where hasAccessKey(bytes, prefix) {
            return "an AWS access key"
        }
        for name in ["aws_secret_access_key", "AWS_SECRET_ACCESS_KEY"]
        where hasAssignment(bytes, to: name) {
            return "an AWS secret key"
        }
        return nil
    }

    private static func contains(_ bytes: UnsafeRawBufferPointer, _ word: [UInt8]) -> Bool {
        offset(of: word, in: bytes, from: 0) != nil
    }

    private static func offset(
        of word: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int
    ) -> Int? {
        guard let base = bytes.baseAddress, start < bytes.count else { return nil }
        let found = howdah_find(base + start, bytes.count - start, word, word.count)
        return found.map { $0 - base }
    }

    /// A line `-----BEGIN … PRIVATE KEY-----` with more after it (RFC 7468, section 2).
    private static func hasPrivateKey(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let end = Array("PRIVATE KEY-----".utf8)
        var start = 0
        while let found = offset(of: end, in: bytes, from: start) {
            start = found + end.count
            let line = bytes[..<found].lastIndex(of: 10).map { $0 + 1 } ?? 0
            let opening = String(decoding: bytes[line..<found], as: UTF8.self)
            let after = bytes[start...].drop { $0 == 13 }
            if opening.hasPrefix("-----BEGIN "), after.first == 10, after.count > 32 {
                return true
            }
        }
        return false
    }

    /// Twenty capitals and digits in all (IAM's access key ids); Amazon's own examples end in
    /// `EXAMPLE`.
    private static func hasAccessKey(_ bytes: UnsafeRawBufferPointer, _ prefix: String) -> Bool {
        var start = 0
        while let found = offset(of: Array(prefix.utf8), in: bytes, from: start) {
            start = found + prefix.utf8.count
            let word = bytes[found...].prefix { isCapitalOrDigit($0) }
            let isWhole = found == 0 || !isCapitalOrDigit(bytes[found - 1])
            if isWhole, word.count == 20, !word.suffix(7).elementsEqual("EXAMPLE".utf8) {
                return true
            }
        }
        return false
    }

    private static func hasAssignment(_ bytes: UnsafeRawBufferPointer, to name: String) -> Bool {
        var start = 0
        while let found = offset(of: Array(name.utf8), in: bytes, from: start) {
            start = found + name.utf8.count
            let rest = bytes[start...].prefix { $0 != 10 }
            let value = rest.drop { " \t\"':=".utf8.contains($0) }
            let secret = value.prefix { isBase64($0) }
            let given = rest.prefix(rest.count - value.count)
            if given.contains(where: { "=:".utf8.contains($0) }), secret.count >= 40,
                !secret.suffix(10).elementsEqual("EXAMPLEKEY".utf8)
            {
                return true
            }
        }
        return false
    }

    private static func isCapitalOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        isCapitalOrDigit(byte) || (0x61...0x7a).contains(byte) || "+/=".utf8.contains(byte)
    }
}
