/// One entry of a package's changelog.
public struct ChangelogEntry: Sendable, Hashable {
    /// Seconds since 1970.
    public var date: Int64
    public var author: [UInt8]
    public var text: [UInt8]

    public init(date: Int64, author: [UInt8], text: [UInt8]) {
        self.date = date
        self.author = author
        self.text = text
    }
}

/// Chooses which entries go into metadata (createrepo_c's parsehdr.c).
public enum Changelog {
    /// createrepo_c's default for `--changelog-limit`.
    public static let defaultLimit = 10

    /// Takes entries newest first, as headers have them, and gives the newest `limit` of them (all
    /// if it is negative) oldest first. Blanks at an author's end go; equal dates are moved apart
    /// by a second, so that the order can be seen in them.
    public static func select(_ entries: [ChangelogEntry], limit: Int) -> [ChangelogEntry] {
        var kept: [ChangelogEntry] = []
        var lastDate: Int64 = 0
        for entry in limit < 0 ? entries[...] : entries.prefix(limit) {
            var entry = entry
            while entry.author.count > 1 && entry.author.last == UInt8(ascii: " ") {
                entry.author.removeLast()
            }
            kept.append(entry)
            if lastDate == entry.date {
                spread(&kept)
            } else {
                lastDate = entry.date
            }
        }
        return kept.reversed()
    }

    /// Moves the entries before the last one a second on each, as long as they are in the way.
    private static func spread(_ entries: inout [ChangelogEntry]) {
        guard var taken = entries.last?.date else { return }
        for index in entries.indices.dropLast().reversed() {
            guard entries[index].date == taken else { return }
            entries[index].date += 1
            taken += 1
        }
    }
}
