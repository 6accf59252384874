/// Paths below a repository's URL, as its metadata gives them: not escaped.
enum RepositoryPath {
    /// RFC 3986, section 2.3, and the slash.
    private static let unescaped = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Whether a path stays below the repository. Metadata that is not signed could say anything.
    static func isSafe(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return !path.isEmpty && !parts.contains("..") && !parts.contains("")
            && !path.contains("://") && !path.utf8.contains(0)
    }

    static func baseName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? ""
    }

    static func join(_ url: String, _ path: String) -> String {
        url.hasSuffix("/") ? url + path : url + "/" + path
    }

    /// Escapes a path for a URL: `+` and `^` have other meanings there, or none.
    static func escape(_ path: String) -> String {
        var result: [UInt8] = []
        for byte in path.utf8 {
            if unescaped.contains(byte) {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
