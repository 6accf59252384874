internal import Glibc

/// Cuts metadata into the pieces of its packages: `<package …>…</package>`, byte for byte. Nothing
/// inside them is read, only comments and CDATA are recognised, so that no text looks like a tag.
public enum PieceCutter {
    public enum Step: Sendable, Equatable {
        /// Where the next piece is.
        case piece(Range<Int>)
        /// The root element's closing tag comes next.
        case end
        /// The bytes end before either; more are needed.
        case more
    }

    /// Looks from `start`, which is at no place inside a package.
    public static func next(
        in bytes: Span<UInt8>, from start: Int
    ) throws(PieceError) -> Step {
        var place = start
        var piece: Int?
        while let open = find(less, bytes, place) {
            if bytes.count - open < lookahead { return .more }
            place = open + 1
            switch kind(bytes, open) {
            case .markup(let closing):
                guard let end = find(closing, bytes, place) else { return .more }
                place = end
            case .opening:
                if piece != nil { throw PieceError(offset: open, what: "a package in a package") }
                guard let tag = tagEnd(bytes, place) else { return .more }
                if bytes[tag - 2] == UInt8(ascii: "/") { return .piece(open..<tag) }
                piece = open
                place = tag
            case .closing:
                guard let piece else {
                    throw PieceError(offset: open, what: "a package ends that did not begin")
                }
                guard let tag = tagEnd(bytes, place) else { return .more }
                return .piece(piece..<tag)
            case .otherClosing: if piece == nil { return .end }
            case .other where piece == nil:
                // The root; one that holds nothing may be closed at once.
                guard let tag = tagEnd(bytes, place) else { return .more }
                if bytes[tag - 2] == UInt8(ascii: "/") { return .end }
                place = tag
            case .other: break
            }
        }
        return .more
    }

    /// All pieces of a whole file.
    public static func pieces(of bytes: [UInt8]) throws(PieceError) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var place = 0
        while true {
            switch try next(in: bytes.span, from: place) {
            case .piece(let range):
                found.append(range)
                place = range.upperBound
            case .end: return found
            case .more: throw PieceError(offset: place, what: "it is cut off")
            }
        }
    }

    private enum Kind {
        case opening, closing, otherClosing, other
        case markup(closing: StaticString)
    }

    private static let less = UInt8(ascii: "<")
    /// Enough to tell what a tag is; the root's closing tag alone is longer.
    private static let lookahead = 10

    private static func kind(_ bytes: Span<UInt8>, _ open: Int) -> Kind {
        switch bytes[open + 1] {
        case UInt8(ascii: "p"):
            let isPackage = has("package", bytes, open + 1) && endsName(bytes[open + 8])
            return isPackage ? .opening : .other
        case UInt8(ascii: "/"):
            let isPackage = has("package", bytes, open + 2) && endsName(bytes[open + 9])
            return isPackage ? .closing : .otherClosing
        case UInt8(ascii: "!"):
            if has("--", bytes, open + 2) { return .markup(closing: "-->") }
            if has("[CDATA[", bytes, open + 2) { return .markup(closing: "]]>") }
            return .markup(closing: ">")
        case UInt8(ascii: "?"): return .markup(closing: "?>")
        default: return .other
        }
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        byte <= 32 || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/")
    }

    /// Just past the `>` of a tag; one in an attribute's value does not end it.
    private static func tagEnd(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
        var quote: UInt8?
        for place in start..<bytes.count {
            let byte = bytes[place]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: ">") {
                return place + 1
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            }
        }
        return nil
    }

    private static func find(_ byte: UInt8, _ bytes: Span<UInt8>, _ start: Int) -> Int? {
        guard start < bytes.count else { return nil }
        return bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress,
                let found = memchr(base + start, Int32(byte), buffer.count - start)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    /// Just past the text.
    private static func find(
        _ text: StaticString, _ bytes: Span<UInt8>, _ start: Int
    ) -> Int? {
        let length = text.utf8CodeUnitCount
        guard bytes.count >= length else { return nil }
        for place in start..<max(start, bytes.count - length + 1) where has(text, bytes, place) {
            return place + length
        }
        return nil
    }

    private static func has(_ text: StaticString, _ bytes: Span<UInt8>, _ start: Int) -> Bool {
        text.withUTF8Buffer { wanted in
            guard bytes.count - start >= wanted.count else { return false }
            return wanted.indices.allSatisfy { bytes[start + $0] == wanted[$0] }
        }
    }
}

/// Metadata that cannot be cut into packages, or a package's piece that lacks what it must say.
public struct PieceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Bytes from the start of what was read.
    public let offset: Int
    public let what: String

    public init(offset: Int, what: String) {
        self.offset = offset
        self.what = what
    }

    public var description: String { "\(what), at byte \(offset)" }
}
