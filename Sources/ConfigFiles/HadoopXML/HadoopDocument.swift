/// What of a configuration file that is there matters to our block in it.
struct HadoopDocument {
    /// Elements within each other.
    static let maximumDepth = 64

    private let bytes: [UInt8]
    /// The root's end tag, or the whole root where it is one empty tag.
    private let closing: Range<Int>
    private let isEmptyRoot: Bool
    private let block: Range<Int>?
    /// Properties outside of our block that are final, with their values.
    let finals: [String: String]
    /// The file says that it is not UTF-8.
    let needsASCII: Bool

    /// Throws `malformed` for what is no well-formed configuration, as far as we look.
    init(_ bytes: [UInt8]) throws(HadoopXML.Failure) {
        self.bytes = bytes
        let isUTF16 = bytes.starts(with: [0xfe, 0xff]) || bytes.starts(with: [0xff, 0xfe])
        guard !isUTF16 else {
            throw .malformed(line: 1, reason: "the file is UTF-16; write it as UTF-8")
        }
        let encoding = Self.encoding(of: bytes)
        needsASCII = !["utf-8", "utf8", "us-ascii"].contains(encoding)
        var reader = Reader(bytes)
        try reader.run()
        guard let closing = reader.closing else {
            throw reader.scanner.failure("the file has no '<configuration>'")
        }
        self.closing = closing
        isEmptyRoot = reader.isEmptyRoot
        block = reader.block
        finals = reader.finals
    }

    /// The file with `block` before the root's end and no other block of ours.
    func replacingBlock(with block: [UInt8]) -> [UInt8] {
        var head = Array(bytes[..<closing.lowerBound])
        if let old = self.block { head.removeSubrange(wholeLines(old)) }
        let tail = bytes[closing.lowerBound...]
        if isEmptyRoot {
            let rest = bytes[closing.upperBound...]
            return head + Array("<configuration>\n".utf8) + block
                + Array("</configuration>".utf8) + rest
        }
        // The end tag keeps its indentation.
        let indentation = head.reversed().prefix { $0 == 0x20 || $0 == 0x09 }.count
        let line = head.count - indentation
        if line > 0, head[line - 1] != UInt8(ascii: "\n") { return head + [0x0a] + block + tail }
        return head[..<line] + block + head[line...] + tail
    }

    /// A range with the blanks before it and the line's end after it.
    private func wholeLines(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start > 0, bytes[start - 1] == 0x20 || bytes[start - 1] == 0x09 { start -= 1 }
        if end < closing.lowerBound, bytes[end] == 0x0d { end += 1 }
        if end < closing.lowerBound, bytes[end] == 0x0a { end += 1 }
        return start..<end
    }

    /// Of the declaration, in lower case (XML 1.0, section 4.3.3); UTF-8 where it says nothing.
    private static func encoding(of bytes: [UInt8]) -> String {
        let head = String(decoding: bytes.prefix(200), as: UTF8.self)
        guard head.contains("<?xml"), let end = head.firstRange(of: "?>"),
            let key = head[..<end.lowerBound].firstRange(of: "encoding")
        else { return "utf-8" }
        let value = head[key.upperBound..<end.lowerBound].drop { $0 == " " || $0 == "=" }
        guard let quote = value.first else { return "utf-8" }
        return value.dropFirst().prefix { $0 != quote }.lowercased()
    }
}

extension HadoopDocument {
    /// Goes through the file once.
    private struct Reader {
        var scanner: XMLScanner
        var closing: Range<Int>?
        var isEmptyRoot = false
        var block: Range<Int>?
        var finals: [String: String] = [:]

        private var path: [String] = []
        private var property = Property()
        private var blockStart: Int?

        private struct Property {
            var name = ""
            var value = ""
            var final = ""

            /// An element counts, not the attribute of its name.
            mutating func begin(_ element: String) {
                switch element {
                case "name": name = ""
                case "value": value = ""
                case "final": final = ""
                default: break
                }
            }
        }

        init(_ bytes: [UInt8]) {
            // The byte order mark of UTF-8.
            scanner = XMLScanner(bytes, from: bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0)
        }

        mutating func run() throws(HadoopXML.Failure) {
            while true {
                let start = scanner.position
                guard let piece = try scanner.next() else { break }
                try take(piece, start..<scanner.position)
            }
            if let open = path.last { throw scanner.failure("'<\(open)>' is not closed") }
            if let blockStart { throw broken(blockStart) }
        }

        private mutating func take(
            _ piece: XMLScanner.Piece, _ place: Range<Int>
        ) throws(HadoopXML.Failure) {
            switch piece {
            case .text(let text):
                try take(text: XMLText.decoded(scanner.bytes[text]), place)
            case .characterData(let text):
                try take(text: String(decoding: scanner.bytes[text], as: UTF8.self), place)
            case .comment(let text): try take(comment: scanner.bytes[text], place)
            case .other: break
            case .start(let name, let attributes, let isEmpty):
                try open(name, attributes, place)
                if isEmpty { try close(name, place, isEmpty: true) }
            case .end(let name): try close(name, place, isEmpty: false)
            }
        }

        private mutating func open(
            _ name: String, _ attributes: [String: String], _ place: Range<Int>
        ) throws(HadoopXML.Failure) {
            if path.isEmpty {
                guard closing == nil else {
                    throw scanner.failure("'<\(name)>' is a second root", at: place.lowerBound)
                }
                guard name == "configuration" else {
                    throw scanner.failure(
                        "the root is '<\(name)>', expected '<configuration>'",
                        at: place.lowerBound)
                }
            }
            guard path.count < HadoopDocument.maximumDepth else {
                throw scanner.failure("more than \(HadoopDocument.maximumDepth) open elements")
            }
            path.append(name)
            if path.count == 3, path[1] == "property" { property.begin(name) }
            guard path.count == 2, name == "property" else { return }
            // Hadoop takes them from attributes too (HADOOP-14216).
            property = Property(
                name: attributes["name"] ?? "", value: attributes["value"] ?? "",
                final: attributes["final"] ?? "")
        }

        private mutating func close(
            _ name: String, _ place: Range<Int>, isEmpty: Bool
        ) throws(HadoopXML.Failure) {
            guard path.last == name else {
                throw scanner.failure(
                    "'</\(name)>' closes '<\(path.last ?? "nothing")>'", at: place.lowerBound)
            }
            path.removeLast()
            // Hadoop takes the element without blanks around it, the attribute with them.
            if path == ["configuration", "property"], name == "name" {
                property.name = XMLScanner.trimmed(property.name)
            }
            if path.isEmpty {
                closing = place
                isEmptyRoot = isEmpty
            }
            guard path.count == 1, name == "property", blockStart == nil else { return }
            if XMLScanner.trimmed(property.final) == "true", finals[property.name] == nil {
                finals[property.name] = property.value
            }
        }

        private mutating func take(
            text: String, _ place: Range<Int>
        ) throws(HadoopXML.Failure) {
            guard !path.isEmpty else {
                let blanks = text.utf8.prefix { XMLScanner.isBlank($0) }.count
                guard blanks == text.utf8.count else {
                    throw scanner.failure(
                        "text outside of the root", at: place.lowerBound + blanks)
                }
                return
            }
            guard path.count == 3, path[1] == "property" else { return }
            switch path[2] {
            case "name": property.name += text
            case "value": property.value += text
            case "final": property.final += text
            default: break
            }
        }

        private mutating func take(
            comment: ArraySlice<UInt8>, _ place: Range<Int>
        ) throws(HadoopXML.Failure) {
            guard path.count == 1 else { return }
            let text = XMLScanner.trimmed(String(decoding: comment, as: UTF8.self))
            if text.hasPrefix(HadoopXML.begin) {
                guard blockStart == nil, block == nil else { throw broken(place.lowerBound) }
                blockStart = place.lowerBound
            } else if text.hasPrefix(HadoopXML.end) {
                guard let start = blockStart else { throw broken(place.lowerBound) }
                block = start..<place.upperBound
                blockStart = nil
            }
        }

        private func broken(_ place: Int) -> HadoopXML.Failure {
            scanner.failure(
                "this is half of a howdah block: remove it, the block is written anew", at: place)
        }
    }
}
