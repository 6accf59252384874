/// A pattern of `--excludes`: `*` stands for any bytes, `/` too, and `?` for one character; nothing
/// else is special (GLib's g_pattern_match, which createrepo_c uses).
struct NamePattern: Sendable {
    private let pattern: [UInt8]

    init(_ pattern: String) { self.pattern = Array(pattern.utf8) }

    /// Whether all of `name` matches.
    func matches(_ name: String) -> Bool {
        let name = Array(name.utf8)
        var (place, rest) = (0, 0)
        // Where to go on if what follows the last star does not match: one byte further.
        var retry: (pattern: Int, name: Int)?
        while rest < name.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                place += 1
                retry = (place, rest)
            } else if place < pattern.count, pattern[place] == UInt8(ascii: "?") {
                place += 1
                rest = Self.afterCharacter(name, rest)
            } else if place < pattern.count, pattern[place] == name[rest] {
                place += 1
                rest += 1
            } else if let (afterStar, start) = retry {
                retry = (afterStar, start + 1)
                (place, rest) = (afterStar, start + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    private static func afterCharacter(_ name: [UInt8], _ start: Int) -> Int {
        var end = start + 1
        while end < name.count, name[end] & 0xc0 == 0x80 { end += 1 }
        return end
    }
}
