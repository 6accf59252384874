internal import Cluster

/// Finds what may be secret in any text, by what stands around it. It rather takes too much: what
/// it finds is not shown to anybody.
struct SecretSearch {
    /// Parts of names. What follows such a name and a `=` or `:` is secret.
    static let words = [
        "secret", "password", "passwd", "passphrase", "pwd", "token", "accesskey", "access.key",
        "access_key", "access-key", "apikey", "api.key", "api_key", "api-key", "privatekey",
        "private.key", "private_key", "private-key", "signature", "cookie",
    ].map { Array($0.utf8) }
    /// The same, but only before a `=`: in front of a colon it is a heading of ours.
    static let credential = Array("credential".utf8)
    /// The rest of the line is secret.
    static let schemes = ["authorization:", "authorization=", "bearer "].map { Array($0.utf8) }
    /// Bytes of a run of base64 that may be a key.
    static let minimumKey = 40
    /// Of an access key's id, after its four letters.
    static let accessKeyLetters = 16

    private let bytes: [UInt8]
    private let lower: [UInt8]
    private let knownWords: [[UInt8]]

    /// `known`: secrets that are found wherever they stand.
    init(_ text: String, known: [String] = []) {
        bytes = Array(text.utf8)
        lower = bytes.map(Self.lowered)
        knownWords = known.map { $0.utf8.map(Self.lowered) }
    }

    /// Where all of it is, in order, none touching another.
    var all: [Range<Int>] {
        let found: [[Range<Int>]] = [
            knownPlaces, afterNames, afterSchemes, usersInURLs, xmlValues, privateKeys, keyRuns,
        ]
        return Self.joined(found.flatMap { $0 })
    }

    /// Where what is known is.
    var known: [Range<Int>] { Self.joined(knownPlaces) }

    private var knownPlaces: [Range<Int>] {
        knownWords.flatMap { word in places(of: word).map { $0 - word.count..<$0 } }
    }

    private static func joined(_ ranges: [Range<Int>]) -> [Range<Int>] {
        let found = ranges.filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
        return found.reduce(into: []) { ranges, next in
            if let last = ranges.last, last.upperBound >= next.lowerBound {
                ranges[ranges.count - 1] =
                    last.lowerBound..<max(last.upperBound, next.upperBound)
            } else {
                ranges.append(next)
            }
        }
    }

    func values(_ ranges: [Range<Int>]) -> [String] {
        ranges.map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    /// The text with other words in place of each range.
    func replacing(_ ranges: [Range<Int>], with hidden: String) -> String {
        var result: [UInt8] = []
        var start = 0
        for range in ranges {
            result += bytes[start..<range.lowerBound]
            result += Array(hidden.utf8)
            start = range.upperBound
        }
        return String(decoding: result + bytes[start...], as: UTF8.self)
    }

    // MARK: - Names with values

    private var afterNames: [Range<Int>] {
        Self.words.flatMap { word in places(of: word).compactMap { value(after: $0) } }
            + places(of: Self.credential).compactMap { value(after: $0, colons: false) }
    }

    /// `NAME=value`, `NAME: value`, `"NAME": "value"` and `--NAME value`, from the end of a word in
    /// the name on.
    private func value(after end: Int, colons: Bool = true) -> Range<Int>? {
        let nameEnd = skip(end) { Self.isNameByte($0) }
        let mark = skip(nameEnd) { Self.isQuote($0) || $0 == Self.blank }
        guard mark < bytes.count else { return nil }
        if bytes[mark] == UInt8(ascii: "=") || colons && bytes[mark] == UInt8(ascii: ":") {
            return value(from: mark + 1, isLine: bytes[mark] == UInt8(ascii: ":"))
        }
        guard isOption(endingAt: nameEnd), bytes[nameEnd] == Self.blank else { return nil }
        return value(from: nameEnd, isLine: false)
    }

    /// In YAML and in headers (`isLine`) a value behind a blank goes to the end of its line.
    private func value(from index: Int, isLine: Bool) -> Range<Int>? {
        let start = skip(index) { $0 == Self.blank }
        let opening = skip(start) { Self.isQuote($0) }
        guard opening < bytes.count else { return nil }
        if opening > start, let quote = bytes[start..<opening].last {
            let end = bytes[opening...].firstIndex { $0 == quote || $0 == Self.newline }
            return opening..<(end ?? bytes.count)
        }
        if isLine, start > index { return start..<lineEnd(start) }
        return start..<skip(start) { !Self.endsValue($0) }
    }

    private func isOption(endingAt end: Int) -> Bool {
        let start = bytes[..<end].lastIndex { !Self.isNameByte($0) }.map { $0 + 1 } ?? 0
        return bytes[start..<end].starts(with: Array("--".utf8))
    }

    private var afterSchemes: [Range<Int>] {
        Self.schemes.flatMap { scheme in places(of: scheme).map { $0..<lineEnd($0) } }
    }

    /// `user:password@` after `://`.
    private var usersInURLs: [Range<Int>] {
        places(of: Array("://".utf8)).compactMap { start in
            let end = skip(start) {
                $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ",") && !Self.isQuote($0)
                    && $0 > Self.blank
            }
            return bytes[start..<end].lastIndex(of: UInt8(ascii: "@")).map { start..<$0 }
        }
    }

    // MARK: - Hadoop's XML

    /// The value after each name that says that it is secret.
    private var xmlValues: [Range<Int>] {
        let (name, nameEnd) = (Array("<name>".utf8), Array("</name>".utf8))
        let (value, valueEnd) = (Array("<value>".utf8), Array("</value>".utf8))
        let starts = places(of: name)
        return starts.enumerated().compactMap { number, start in
            let limit = number + 1 < starts.count ? starts[number + 1] : bytes.count
            guard let end = find(nameEnd, in: start..<limit),
                ClusterFile.isSecret(String(decoding: bytes[start..<end], as: UTF8.self)),
                let first = find(value, in: end..<limit)
            else { return nil }
            let text = first + value.count
            return text..<(find(valueEnd, in: text..<bytes.count) ?? bytes.count)
        }
    }

    // MARK: - Keys by their form

    /// PEM (RFC 7468) of private keys, with their first and last lines' words.
    private var privateKeys: [Range<Int>] {
        let end = Array("-----end".utf8)
        return places(of: Array("private key-----".utf8)).compactMap { start in
            let line = bytes[..<start].lastIndex(of: Self.newline) ?? 0
            guard find(Array("begin".utf8), in: line..<start) != nil else { return nil }
            return start..<(find(end, in: start..<bytes.count) ?? bytes.count)
        }
    }

    /// Access key ids of AWS, and runs that look like keys: long, with upper and lower case and
    /// digits. A path begins with `/`.
    private var keyRuns: [Range<Int>] {
        var found: [Range<Int>] = []
        var start = 0
        while start < bytes.count {
            let end = skip(start) { Self.isKeyByte($0) }
            if end > start, isKey(start..<end) { found.append(start..<end) }
            start = max(end, start + 1)
        }
        return found
    }

    private func isKey(_ run: Range<Int>) -> Bool {
        let text = bytes[run]
        let hasDigit = text.contains { (0x30...0x39).contains($0) }
        let hasUpper = text.contains { (0x41...0x5a).contains($0) }
        if text.count >= Self.minimumKey, text.first != UInt8(ascii: "/") {
            return hasDigit && hasUpper && text.contains { (0x61...0x7a).contains($0) }
        }
        guard text.count == Self.accessKeyLetters + 4 else { return false }
        let kind = String(decoding: text.prefix(4), as: UTF8.self)
        return ["AKIA", "ASIA"].contains(kind)
    }

    // MARK: - Bytes

    private static let newline = UInt8(ascii: "\n")
    private static let blank = UInt8(ascii: " ")
    /// What ends a value beside blanks.
    private static let ends = Array(",;&<>)}]\"'".utf8)

    /// Where each occurrence ends.
    private func places(of word: [UInt8]) -> [Int] {
        var places: [Int] = []
        var start = 0
        while let found = find(word, in: start..<bytes.count) {
            places.append(found + word.count)
            start = found + word.count
        }
        return places
    }

    /// Where the first occurrence begins, whatever its case.
    private func find(_ word: [UInt8], in range: Range<Int>) -> Int? {
        guard let first = word.first, range.count >= word.count else { return nil }
        var index = range.lowerBound
        while index + word.count <= range.upperBound {
            if lower[index] == first, lower[index..<index + word.count].elementsEqual(word) {
                return index
            }
            index += 1
        }
        return nil
    }

    private func skip(_ start: Int, while holds: (UInt8) -> Bool) -> Int {
        var index = start
        while index < bytes.count, holds(bytes[index]) { index += 1 }
        return index
    }

    private func lineEnd(_ start: Int) -> Int { skip(start) { $0 != Self.newline } }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }

    private static func isQuote(_ byte: UInt8) -> Bool {
        [UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\")].contains(byte)
    }

    private static func endsValue(_ byte: UInt8) -> Bool {
        byte <= blank || ends.contains(byte)
    }
}
