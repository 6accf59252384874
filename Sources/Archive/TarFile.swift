/// A tar archive of plain files in memory (POSIX.1-1988 ustar, as tar(5) has it), for people to
/// unpack: each belongs to root and may be read by its owner alone.
public struct TarFile: Sendable {
    /// What fits in the name field.
    public static let maximumName = 100
    static let blockSize = 512

    /// Seconds since 1970, of every file.
    private let modified: Int
    private var blocks: [UInt8] = []

    public init(modified: Int) {
        self.modified = modified
    }

    /// Adds a file. A name is relative, of at most 100 bytes, none of them zero.
    public mutating func add(_ name: String, _ bytes: [UInt8]) {
        precondition(
            !name.isEmpty && name.utf8.count <= Self.maximumName && !name.utf8.contains(0),
            "no name for a file in a tar archive: '\(name)'")
        blocks += header(name, size: bytes.count) + bytes
        let rest = bytes.count % Self.blockSize
        if rest > 0 { blocks += [UInt8](repeating: 0, count: Self.blockSize - rest) }
    }

    /// The whole archive, with the two empty blocks that end it.
    public var bytes: [UInt8] { blocks + [UInt8](repeating: 0, count: 2 * Self.blockSize) }

    private func header(_ name: String, size: Int) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: Self.blockSize)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        put(name, at: 0)
        put(Self.octal(0o600, digits: 7), at: 100)
        put(Self.octal(0, digits: 7), at: 108)
        put(Self.octal(0, digits: 7), at: 116)
        put(Self.octal(size, digits: 11), at: 124)
        put(Self.octal(max(0, modified), digits: 11), at: 136)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        put("root", at: 265)
        put("root", at: 297)
        // The sum of all bytes, with blanks where it stands itself.
        put("        ", at: 148)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(Self.octal(sum, digits: 6) + "\u{0} ", at: 148)
        return header
    }

    private static func octal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
