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

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}
