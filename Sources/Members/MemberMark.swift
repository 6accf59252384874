/// What a gzip member of ours says of itself in its header, so that it can be passed over without
/// being opened: an extra field (RFC 1952, section 2.3.1.1), which other readers skip.
public struct MemberMark: Sendable, Hashable {
    /// How many things its content has, as its writer counted them.
    public let count: Int
    /// Bytes of the member, with header and trailer.
    public let size: Int
    /// Bytes of its content.
    public let openSize: Int

    static let headerSize = 24
    static let trailerSize = 8
    /// The extra field's length, its name, and the length of what is in it.
    private static let field: [UInt8] = [12, 0, UInt8(ascii: "h"), UInt8(ascii: "d"), 8, 0]

    /// Nil if no marked member begins at `start`, or if it ends after `bytes` do.
    public init?(_ bytes: [UInt8], at start: Int) {
        guard bytes.indices.contains(start), bytes.count - start >= Self.headerSize,
            bytes[start..<(start + 4)].elementsEqual([0x1f, 0x8b, 8, 4]),
            bytes[(start + 10)..<(start + 16)].elementsEqual(Self.field)
        else { return nil }
        size = Self.number(bytes, start + 16)
        count = Self.number(bytes, start + 20)
        guard size >= Self.headerSize + Self.trailerSize, size <= bytes.count - start else {
            return nil
        }
        openSize = Self.number(bytes, start + size - 4)
    }

    static func header(count: Int, size: Int) -> [UInt8] {
        // Without a time, and of no system in particular.
        [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff] + field + bytes(size) + bytes(count)
    }

    static func bytes(_ number: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private static func number(_ bytes: [UInt8], _ place: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }
}
