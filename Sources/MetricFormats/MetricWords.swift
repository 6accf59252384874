/// What the words of a line may be; the same in each format.
enum MetricWords {
    /// Printable and without what would end a word of Graphite, OpenTSDB, CSV or XML unseen.
    static func name(_ word: Substring) throws(MetricPointError) -> String {
        let bytes = word.utf8
        guard !bytes.isEmpty, bytes.count <= MetricPoint.maximumNameBytes,
            bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7f })
        else { throw MetricPointError("expected a name of 1 to 255 bytes", found: word) }
        return String(word)
    }

    static func value(_ word: Substring) throws(MetricPointError) -> Double {
        guard let value = Double(word), value.isFinite else {
            throw MetricPointError("expected a finite number as value", found: word)
        }
        return value
    }

    static func seconds(_ word: Substring) throws(MetricPointError) -> Double {
        guard let at = Double(word), (0...MetricPoint.latestSeconds).contains(at) else {
            throw MetricPointError("expected seconds since 1970", found: word)
        }
        return at
    }

    /// Adds `key=value`.
    static func add(
        _ word: Substring, to tags: inout [String: String]
    ) throws(MetricPointError) {
        guard let sign = word.firstIndex(of: "=") else {
            throw MetricPointError("expected a tag 'key=value'", found: word)
        }
        let key = try name(word[..<sign])
        let value = try name(word[word.index(after: sign)...])
        guard tags.count < MetricPoint.maximumTags else {
            throw MetricPointError("more than \(MetricPoint.maximumTags) tags", found: word)
        }
        guard tags.updateValue(value, forKey: key) == nil else {
            throw MetricPointError("a tag twice", found: word)
        }
    }
}
