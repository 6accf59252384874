/// Our marked block in `/etc/hosts` (hosts(5)). Every other line stays as it is.
public enum HostsFile {
    public static let begin = "# BEGIN howdah"
    public static let end = "# END howdah"

    public struct Entry: Sendable, Equatable {
        /// IPv4 or IPv6, as text.
        public let address: String
        /// The canonical name first, then aliases. At least one.
        public let names: [String]

        public init(address: String, names: [String]) {
            self.address = address
            self.names = names
        }
    }

    public enum Failure: Error, Equatable, CustomStringConvertible {
        /// A NameNode that finds its own name at 127.* listens where no DataNode can reach it.
        case loopback(name: String, address: String)
        case malformed(String)
        /// The block begins and does not end, or ends and does not begin.
        case brokenBlock(line: Int)

        public var description: String {
            switch self {
            case .loopback(let name, let address):
                "'\(name)' must not be mapped to the loopback address '\(address)'"
            case .malformed(let text): "'\(text)' is no address or host name"
            case .brokenBlock(let line):
                "line \(line) is half of a howdah block: remove it, the block is written anew"
            }
        }
    }

    /// `text` with the block replaced, or appended if there is none. No entries: no block.
    ///
    /// Lines outside of the block that map one of the block's names to a loopback address are left
    /// out, since the first match wins (cloud-init writes `127.0.1.1 NAME` there); their other
    /// names are kept.
    ///
    /// `allowsLoopback` is for a cluster whose nodes all live on one machine's 127.0.0.0/8.
    public static func replacingBlock(
        in text: String, with entries: [Entry], allowsLoopback: Bool = false
    ) throws(Failure) -> String {
        for entry in entries { try check(entry, allowsLoopback) }
        let names = Set(entries.flatMap(\.names))
        var (before, after) = try split(text)
        before = before.compactMap { withoutLoopback($0, names) }
        after = after.compactMap { withoutLoopback($0, names) }
        let lines = before + block(entries) + after
        return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }

    private static func block(_ entries: [Entry]) -> [String] {
        guard !entries.isEmpty else { return [] }
        let lines = entries.map { "\($0.address) \($0.names.joined(separator: " "))" }
        return [begin] + lines + [end]
    }

    /// The lines before and after the block; all before if there is none.
    private static func split(
        _ text: String
    ) throws(Failure) -> (before: [String], after: [String]) {
        var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
        // What is behind the last line's end is no line.
        if lines.last == "" { lines.removeLast() }
        let begins = lines.indices.filter { lines[$0].hasPrefix(begin) }
        let ends = lines.indices.filter { lines[$0].hasPrefix(end) }
        switch (begins.first, ends.first) {
        case (nil, nil): return (lines, [])
        case (let first?, let last?)
        where first < last && begins.count == 1 && ends.count == 1:
            return (Array(lines[..<first]), Array(lines[(last + 1)...]))
        default: throw .brokenBlock(line: (begins + ends).min().map { $0 + 1 } ?? 1)
        }
    }

    private static func withoutLoopback(_ line: String, _ names: Set<String>) -> String? {
        let content = line.prefix { $0 != "#" }
        let fields = content.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let address = fields.first, isLoopback(address),
            fields.dropFirst().contains(where: names.contains)
        else { return line }
        let kept = fields.dropFirst().filter { !names.contains($0) }
        return kept.isEmpty ? nil : ([address] + kept).joined(separator: " ")
    }

    private static func check(_ entry: Entry, _ allowsLoopback: Bool) throws(Failure) {
        let addressBytes = Set("0123456789abcdefABCDEF.:".utf8)
        guard !entry.address.isEmpty, entry.address.utf8.allSatisfy(addressBytes.contains),
            entry.address.utf8.contains(where: ".:".utf8.contains)
        else { throw .malformed(entry.address) }
        guard let first = entry.names.first else { throw .malformed("") }
        for name in entry.names where !isHostName(name) { throw .malformed(name) }
        guard allowsLoopback || !isLoopback(entry.address) else {
            throw .loopback(name: first, address: entry.address)
        }
    }

    private static func isLoopback(_ address: String) -> Bool {
        address.hasPrefix("127.") || address == "::1"
    }

    /// RFC 1123, section 2.1: letters, digits and hyphens, in labels.
    private static func isHostName(_ name: String) -> Bool {
        guard !name.isEmpty, name.utf8.count <= 253 else { return false }
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.utf8.count <= 63 && !label.hasPrefix("-")
                && !label.hasSuffix("-")
                && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        }
    }
}
