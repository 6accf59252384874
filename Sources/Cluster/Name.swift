/// What names and addresses in configuration files may be made of.
package enum Name {
    static let maximumLength = 255

    /// ASCII letters, digits, `.`, `_` and `-`, beginning with a letter or digit: fit for file
    /// names, tags and command lines alike.
    package static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= maximumLength else { return false }
        return isAlphanumeric(first)
            && text.utf8.allSatisfy { isAlphanumeric($0) || ".-_".utf8.contains($0) }
    }

    /// Printable ASCII without blanks and quotes.
    static func isURLText(_ text: String) -> Bool {
        text.utf8.count <= 2048
            && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && !"\"'<>\\`".utf8.contains($0) }
    }

    static func isMountPoint(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return text.hasPrefix("/") && parts.dropFirst().allSatisfy { isPlain(String($0)) }
    }

    /// `https://host[:port]` or `http://…`, without a path.
    static func origin(_ text: String) -> String? {
        guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }) else {
            return nil
        }
        let host = text.dropFirst(scheme.count)
        let allowed = host.utf8.allSatisfy { isAlphanumeric($0) || ".-:[]".utf8.contains($0) }
        return host.isEmpty || !allowed ? nil : text
    }

    /// `https://host[:port][/path]` or `http://…`, without user, query and fragment, and without
    /// slashes at its end.
    static func endpoint(_ text: String) -> String? {
        guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }),
            isURLText(text), !text.utf8.contains(where: { "@?#".utf8.contains($0) })
        else { return nil }
        var url = text
        while url.hasSuffix("/"), url.utf8.count > scheme.utf8.count { url.removeLast() }
        let host = url.dropFirst(scheme.count).prefix { $0 != "/" }
        return origin(scheme + host) == nil ? nil : url
    }

    static func addressOfVersion4(_ text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isRight = parts.allSatisfy { part in
            UInt8(part) != nil && part.utf8.first != UInt8(ascii: "+")
                && (part == "0" || !part.hasPrefix("0"))
        }
        return parts.count == 4 && isRight ? text : nil
    }

    /// RFC 4291, section 2.2, without the form that ends in a dotted IPv4 address.
    static func addressOfVersion6(_ text: String) -> String? {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard text.utf8.count <= 39, halves.count <= 2 else { return nil }
        let groups = halves.flatMap { half in
            half.isEmpty ? [] : half.split(separator: ":", omittingEmptySubsequences: false)
        }
        let isRight = groups.allSatisfy { group in
            (1...4).contains(group.utf8.count) && group.utf8.first != UInt8(ascii: "+")
                && UInt16(group, radix: 16) != nil
        }
        let isWhole = halves.count == 2 ? groups.count <= 7 : groups.count == 8
        return isRight && isWhole ? text : nil
    }

    /// A digest of a public key, as curl's `--pinnedpubkey` has it.
    static func isKeyPin(_ text: String) -> Bool {
        guard text.hasPrefix("sha256//"), text.hasSuffix("=") else { return false }
        let digest = text.dropFirst("sha256//".count).dropLast().utf8
        return digest.count == 43
            && digest.allSatisfy { isAlphanumeric($0) || "+/".utf8.contains($0) }
    }

    /// An OpenPGP fingerprint in lower case; blanks between its digits are left out, as gpg
    /// prints them.
    static func fingerprint(_ text: String) -> String? {
        let digits = text.lowercased().filter { $0 != " " }
        let isHex = digits.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
        return isHex && [40, 64].contains(digits.utf8.count) ? digits : nil
    }

    /// The path of `file:///…`.
    static func filePath(_ text: String) -> String? {
        guard text.hasPrefix("file:///"), isURLText(text) else { return nil }
        return String(text.dropFirst("file://".count))
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}
