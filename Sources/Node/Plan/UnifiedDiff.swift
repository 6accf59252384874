/// The difference of two texts as `diff -u` writes it (GNU diffutils, "Detailed Description of
/// Unified Format"), so that people read it and patch(1) takes it.
struct UnifiedDiff {
    static let context = 3
    /// Finding the difference takes time that grows with its square.
    static let maximumLines = 20_000

    private enum Edit: Equatable {
        case keep, remove, insert
    }

    /// A line of the whole, with what it is and where it stands in both texts, counted from 0.
    private struct Line {
        var edit: Edit
        var text: String
        var old: Int
        var new: Int
    }

    /// Nil where there is none. No old text: the file is new.
    static func text(from old: String?, to new: String, path: String) -> String? {
        guard old != new else { return nil }
        let head = "--- \(old == nil ? "/dev/null" : path)\n+++ \(path)\n"
        let (before, after) = (lines(old ?? ""), lines(new))
        guard max(before.count, after.count) <= maximumLines else {
            return head + "(more than \(maximumLines) lines: not compared)\n"
        }
        let all = edits(before, after)
        return head + hunks(all).map { hunk(all[$0]) }.joined()
    }

    /// With their line feeds; the last one may have none.
    private static func lines(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        let last = lines.removeLast()
        lines = lines.map { $0 + "\n" }
        return last.isEmpty ? lines : lines + [last]
    }

    private static func edits(_ old: [String], _ new: [String]) -> [Line] {
        var (removed, inserted): (Set<Int>, Set<Int>) = ([], [])
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var lines: [Line] = []
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            if removed.contains(i) {
                lines.append(Line(edit: .remove, text: old[i], old: i, new: j))
                i += 1
            } else if inserted.contains(j) {
                lines.append(Line(edit: .insert, text: new[j], old: i, new: j))
                j += 1
            } else {
                lines.append(Line(edit: .keep, text: old[i], old: i, new: j))
                (i, j) = (i + 1, j + 1)
            }
        }
        return lines
    }

    /// Changes with the lines around them; what touches is one.
    private static func hunks(_ lines: [Line]) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for index in lines.indices where lines[index].edit != .keep {
            let around =
                max(0, index - context)..<min(lines.count, index + context + 1)
            if let last = hunks.last, last.upperBound >= around.lowerBound {
                hunks[hunks.count - 1] = last.lowerBound..<around.upperBound
            } else {
                hunks.append(around)
            }
        }
        return hunks
    }

    private static func hunk(_ lines: ArraySlice<Line>) -> String {
        guard let first = lines.first else { return "" }
        let old = place(first.old, lines.count { $0.edit != .insert })
        let new = place(first.new, lines.count { $0.edit != .remove })
        return "@@ -\(old) +\(new) @@\n"
            + lines.map { line in
                let mark =
                    switch line.edit {
                    case .keep: " "
                    case .remove: "-"
                    case .insert: "+"
                    }
                let end = line.text.hasSuffix("\n") ? "" : "\n\\ No newline at end of file\n"
                return mark + line.text + end
            }.joined()
    }

    /// Lines count from 1; no lines stand behind the one that is named.
    private static func place(_ start: Int, _ count: Int) -> String {
        switch count {
        case 0: "\(start),0"
        case 1: "\(start + 1)"
        default: "\(start + 1),\(count)"
        }
    }
}
