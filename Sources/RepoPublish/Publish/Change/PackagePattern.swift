public import RepoMetadata

/// How a user names packages: a name, `name.arch`, `name-version`, `name-version-release`, or
/// NEVRA with or without the epoch, as dnf takes them; with `*`, `?` and `[…]` as in a shell, of
/// the same forms.
public struct PackagePattern: Sendable, Hashable {
    public let text: String
    private let bytes: [UInt8]

    public init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    /// The indexes of the records that each pattern matches.
    static func find(_ patterns: [PackagePattern], in records: [PackageRecord]) -> [[Int]] {
        var found = [[Int]](repeating: [], count: patterns.count)
        for (index, record) in records.enumerated() {
            let forms = Self.forms(record)
            for (number, pattern) in patterns.enumerated()
            where forms.contains(where: { Glob.matches(pattern.bytes[...], $0[...]) }) {
                found[number].append(index)
            }
        }
        return found
    }

    public func matches(_ record: PackageRecord) -> Bool {
        Self.forms(record).contains { Glob.matches(bytes[...], $0[...]) }
    }

    private static func forms(_ record: PackageRecord) -> [[UInt8]] {
        let (hyphen, dot) = ([UInt8(ascii: "-")], [UInt8(ascii: ".")] + record.arch)
        let evr = record.evr
        let version = record.name + hyphen + evr.version
        let full = version + hyphen + evr.release
        let epoch = evr.epoch.isEmpty ? [UInt8(ascii: "0")] : evr.epoch
        let withEpoch =
            record.name + hyphen + epoch + [UInt8(ascii: ":")] + evr.version + hyphen + evr.release
        return [
            record.name, record.name + dot, version, full, full + dot, withEpoch, withEpoch + dot,
        ]
    }
}

/// Patterns of fnmatch(3) over bytes: `*`, `?`, `[abc]`, `[a-z]`, `[!…]`; a backslash takes the
/// next byte as it is.
enum Glob {
    static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        var (pattern, text) = (pattern, text)
        // Where to go on when what follows the last star does not fit: no recursion, so that no
        // pattern takes more than pattern times text.
        var star: (pattern: ArraySlice<UInt8>, text: ArraySlice<UInt8>)?
        while true {
            if pattern.first == UInt8(ascii: "*") {
                pattern = pattern.dropFirst()
                star = (pattern, text)
                continue
            }
            if let byte = text.first, let rest = one(pattern, byte) {
                (pattern, text) = (rest, text.dropFirst())
                continue
            }
            if pattern.isEmpty && text.isEmpty { return true }
            guard let back = star, !back.text.isEmpty else { return false }
            star = (back.pattern, back.text.dropFirst())
            (pattern, text) = (back.pattern, back.text.dropFirst())
        }
    }

    /// What is left of the pattern if its first element matches a byte.
    private static func one(_ pattern: ArraySlice<UInt8>, _ byte: UInt8) -> ArraySlice<UInt8>? {
        guard let first = pattern.first else { return nil }
        let rest = pattern.dropFirst()
        switch first {
        case UInt8(ascii: "?"): return rest
        case UInt8(ascii: "\\"): return rest.first == byte ? rest.dropFirst() : nil
        case UInt8(ascii: "["):
            guard let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "]")) else { break }
            return set(rest[..<end], byte) ? rest[rest.index(after: end)...] : nil
        default: break
        }
        return first == byte ? rest : nil
    }

    private static func set(_ inner: ArraySlice<UInt8>, _ byte: UInt8) -> Bool {
        let isNegated = inner.first == UInt8(ascii: "!") || inner.first == UInt8(ascii: "^")
        var rest = isNegated ? inner.dropFirst() : inner
        var isInside = false
        while let low = rest.first {
            let tail = rest.dropFirst()
            if tail.first == UInt8(ascii: "-"), let high = tail.dropFirst().first {
                if low <= byte && byte <= high { isInside = true }
                rest = tail.dropFirst(2)
            } else {
                if low == byte { isInside = true }
                rest = tail
            }
        }
        return isInside != isNegated
    }
}
