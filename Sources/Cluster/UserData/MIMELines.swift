/// The lines of a message, ended by LF or CR LF.
struct MIMELines {
    private let bytes: [UInt8]
    private var place = 0
    /// Of the line that ``next()`` gave last, counted from 1.
    private(set) var number = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Without its end; nil when there is none left.
    mutating func next() -> ArraySlice<UInt8>? {
        guard place < bytes.count else { return nil }
        number += 1
        let end = bytes[place...].firstIndex(of: 0x0a) ?? bytes.count
        let line = bytes[place..<end]
        place = min(end + 1, bytes.count)
        return line.last == 0x0d ? line.dropLast() : line
    }

    /// What follows the last line that was given.
    var rest: [UInt8] { Array(bytes[place...]) }

    /// Where the next line begins.
    var offset: Int { place }
}

extension MIMEMessage {
    /// The parts between the boundaries (RFC 2046, section 5.1.1), without what stands before the
    /// first and after the last; nil where no line is the boundary. A last part that is not closed
    /// goes to the end.
    static func split(_ bytes: [UInt8], boundary: String) -> [[UInt8]]? {
        let delimiter = Array("--\(boundary)".utf8)
        let closing = Array("--".utf8)
        var parts: [[UInt8]] = []
        var start: Int?
        var lines = MIMELines(bytes)
        var offset = 0
        while let line = lines.next() {
            defer { offset = lines.offset }
            guard line.starts(with: delimiter) else { continue }
            let rest = line.dropFirst(delimiter.count)
            let isClosing = rest.starts(with: closing)
            let padding = isClosing ? rest.dropFirst(closing.count) : rest
            guard padding.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { continue }
            if let start { parts.append(trimmed(bytes[start..<offset])) }
            start = isClosing ? nil : lines.offset
            if isClosing { return parts }
        }
        if let start { parts.append(Array(bytes[start...])) }
        return parts.isEmpty && start == nil ? nil : parts
    }

    /// The line end before a boundary belongs to the boundary.
    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard bytes.last == 0x0a else { return Array(bytes) }
        let shorter = bytes.dropLast()
        return Array(shorter.last == 0x0d ? shorter.dropLast() : shorter)
    }
}
