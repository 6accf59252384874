internal import Digests

/// A Java keystore of trusted certificates (the JKS format of `sun.security.provider.JavaKeyStore`)
/// in one fixed form. Java writes the time of day into every entry.
enum JavaKeystore {
    static let magic: [UInt8] = [0xfe, 0xed, 0xfe, 0xed]
    private static let trustedCertificate: UInt32 = 2

    /// Entries sorted by alias, all made at `epoch`; nil for what is no such keystore.
    static func normalised(_ bytes: [UInt8], epoch: Int, password: String) -> [UInt8]? {
        guard bytes.count >= 12 + 20, Array(bytes[..<4]) == magic else { return nil }
        let body = Array(bytes.dropLast(20))
        guard seal(body, password) == Array(bytes.suffix(20)) else { return nil }
        var reader = Reader(rest: body[4...])
        guard let version = reader.number(4), let count = reader.number(4) else { return nil }
        var entries: [(alias: [UInt8], certificate: [UInt8])] = []
        for _ in 0..<count {
            guard reader.number(4) == Int(trustedCertificate), let alias = reader.field(2),
                reader.number(8) != nil, let type = reader.field(2),
                let certificate = reader.field(4)
            else { return nil }
            entries.append(
                (alias, number(type.count, 2) + type + number(certificate.count, 4) + certificate))
        }
        guard reader.rest.isEmpty else { return nil }
        var result = magic + number(version, 4) + number(count, 4)
        for entry in entries.sorted(by: { $0.alias.lexicographicallyPrecedes($1.alias) }) {
            result += number(Int(trustedCertificate), 4)
            result += number(entry.alias.count, 2) + entry.alias
            result += number(epoch * 1000, 8) + entry.certificate
        }
        return result + seal(result, password)
    }

    /// SHA-1 of the password in UTF-16, a phrase and the content.
    private static func seal(_ body: [UInt8], _ password: String) -> [UInt8] {
        let words = password.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
        return Digest.of(words + Array("Mighty Aphrodite".utf8) + body, .sha1).bytes
    }

    private static func number(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func number(_ bytes: Int) -> Int? {
            guard rest.count >= bytes else { return nil }
            defer { rest = rest.dropFirst(bytes) }
            return rest.prefix(bytes).reduce(0) { $0 << 8 | Int($1) }
        }

        mutating func field(_ lengthBytes: Int) -> [UInt8]? {
            guard let length = number(lengthBytes), rest.count >= length else { return nil }
            defer { rest = rest.dropFirst(length) }
            return Array(rest.prefix(length))
        }
    }
}
