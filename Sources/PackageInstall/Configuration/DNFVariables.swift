/// What `$releasever`, `$basearch`, `$arch` and the rest stand for.
struct DNFVariables: Sendable, Hashable {
    var values: [String: String]

    init(_ values: [String: String] = [:]) { self.values = values }

    /// Replaces `$name` and `${name}`; what has no value stays as it is (libdnf's
    /// `ConfigParser::substitute`).
    func substitute(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            guard let (length, name) = Self.reference(rest) else {
                result += "$"
                rest = rest.dropFirst()
                continue
            }
            result += values[name] ?? String(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return result + rest
    }

    /// Names that are still in a text after substitution.
    static func unresolved(in text: String) -> [String] {
        text.indices.compactMap { text[$0] == "$" ? reference(text[$0...])?.1 : nil }
    }

    /// The length of the reference that a text starts with, and its name.
    private static func reference(_ text: Substring) -> (Int, String)? {
        let hasBrace = text.dropFirst().first == "{"
        let name = text.dropFirst(hasBrace ? 2 : 1).prefix {
            $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber)
        }
        guard !name.isEmpty else { return nil }
        if hasBrace, text.dropFirst(2 + name.count).first != "}" { return nil }
        return (name.count + (hasBrace ? 3 : 1), String(name))
    }

    /// `DNF0` to `DNF9`, and `DNF_VAR_…` (dnf's `conf/substitutions.py`).
    static func ofEnvironment(_ environment: [String: String]) -> [String: String] {
        var found: [String: String] = [:]
        for (name, value) in environment {
            if name.hasPrefix("DNF_VAR_") {
                found[String(name.dropFirst(8))] = value
            } else if name.count == 4, name.hasPrefix("DNF"), name.last?.isNumber == true {
                found[name] = value
            }
        }
        return found
    }

    /// The base architecture of a machine (dnf's `rpm/__init__.py`, `_BASEARCH_MAP`).
    static func baseArchitecture(_ machine: String) -> String {
        switch machine {
        case "i386", "i486", "i586", "i686", "athlon", "geode": "i386"
        case "amd64", "ia32e", "x86_64": "x86_64"
        case "armv5tejl", "armv5tel", "armv5tl", "armv6l", "armv7l", "armv8l": "arm"
        case "armv6hl": "armv6hl"
        case "armv7hl", "armv7hnl", "armv8hl": "armhfp"
        case "ppc64iseries", "ppc64p7", "ppc64pseries": "ppc64"
        default: machine
        }
    }
}
