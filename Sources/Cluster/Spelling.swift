/// Finds what was probably meant.
package enum Spelling {
    /// The word at the least edit distance, if it is near enough to be worth naming: at most a
    /// third of the letters differ, two at least.
    package static func nearest(to word: String, in words: [String]) -> String? {
        let limit = max(2, word.count / 3)
        let best = words.map { ($0, distance($0, word)) }.min { $0.1 < $1.1 }
        guard let best, best.1 <= limit, best.1 < best.0.count else { return nil }
        return best.0
    }

    /// Levenshtein's distance: insertions, deletions and substitutions count one each.
    static func distance(_ first: String, _ second: String) -> Int {
        let second = Array(second)
        var row = Array(0...second.count)
        for (i, letter) in first.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in second.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (letter == other ? 0 : 1))
                diagonal = above
            }
        }
        return row[second.count]
    }
}
