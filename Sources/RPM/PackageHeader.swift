internal import Glibc

/// A header structure of an RPM file, read where it lies: tags that point into a store of data
/// (rpm's docs/manual/format.md). Nothing in it is trusted: every access is checked against the
/// store's bounds.
public struct PackageHeader: Sendable {
    /// Magic, reserved bytes and the two counts that come before the index.
    static let introSize = 16
    static let entrySize = 16
    /// rpm's own limits (lib/header.c).
    static let maximumEntries = 0xffff
    static let maximumStore = 0x0fff_ffff
    static let magic: [UInt8] = [0x8e, 0xad, 0xe8, 0x01]

    private struct Entry {
        let type: UInt32
        let offset: Int
        let count: Int
    }

    /// Index and store, with the intro before them.
    public let bytes: [UInt8]
    /// For each tag that is read, by its place (`HeaderTag.place`), one more than its number in
    /// the index; 0 if it is not there.
    private let places: [UInt16]
    private let store: Int

    /// How many bytes follow an intro; nil if it is none, or above rpm's limits.
    static func bodySize(intro: [UInt8]) -> Int? {
        guard intro.count == introSize, intro.starts(with: magic) else { return nil }
        let (count, size) = (intro.bigEndian(at: 8), intro.bigEndian(at: 12))
        guard count > 0, count <= maximumEntries, size <= maximumStore else { return nil }
        return Int(count) * entrySize + Int(size)
    }

    /// Nil if an entry points out of the store or is of no known type.
    init?(bytes: [UInt8]) {
        guard bytes.count >= Self.introSize,
            let body = Self.bodySize(intro: Array(bytes[..<Self.introSize])),
            bytes.count == Self.introSize + body
        else { return nil }
        let count = Int(bytes.bigEndian(at: 8))
        store = Self.introSize + count * Self.entrySize
        var places = [UInt16](repeating: 0, count: HeaderTag.tableSize)
        for index in 0..<count {
            let entry = Self.entry(bytes, index)
            guard Self.fits(entry, bytes.count - store) else { return nil }
            let tag = Int32(
                bitPattern: bytes.bigEndian(at: Self.introSize + index * Self.entrySize))
            if let place = HeaderTag.place(tag) { places[place] = UInt16(index + 1) }
        }
        self.bytes = bytes
        self.places = places
    }

    private static func entry(_ bytes: [UInt8], _ index: Int) -> Entry {
        let place = introSize + index * entrySize
        return Entry(
            type: bytes.bigEndian(at: place + 4),
            offset: Int(Int32(bitPattern: bytes.bigEndian(at: place + 8))),
            count: Int(bytes.bigEndian(at: place + 12)))
    }

    private func entry(_ tag: Int32) -> Entry? {
        guard let place = HeaderTag.place(tag), places[place] > 0 else { return nil }
        return Self.entry(bytes, Int(places[place]) - 1)
    }

    private static func fits(_ entry: Entry, _ storeSize: Int) -> Bool {
        guard entry.offset >= 0, entry.offset <= storeSize else { return false }
        let left = storeSize - entry.offset
        switch entry.type {
        case 0: return true
        case 1...5: return entry.count <= left / width(entry.type)
        case 6, 8, 9: return entry.count <= left
        case 7: return entry.count <= left
        default: return false
        }
    }

    /// Bytes of one number: char and int8, int16, int32, int64.
    private static func width(_ type: UInt32) -> Int {
        switch type {
        case 3: 2
        case 4: 4
        case 5: 8
        default: 1
        }
    }

    /// The first string of a tag; of translated text the untranslated one.
    public func text(_ tag: HeaderTag) -> [UInt8]? { text(tag.rawValue) }

    public func texts(_ tag: HeaderTag) -> [[UInt8]] { texts(tag.rawValue, limit: .max) }

    public func number(_ tag: HeaderTag) -> UInt64? { numbers(tag.rawValue).first }

    public func numbers(_ tag: HeaderTag) -> [UInt64] { numbers(tag.rawValue) }

    func text(_ tag: Int32) -> [UInt8]? { texts(tag, limit: 1).first }

    private func texts(_ tag: Int32, limit: Int) -> [[UInt8]] {
        ranges(tag, limit: limit).map { Array(bytes[$0]) }
    }

    /// Where a tag's strings are in `bytes`.
    public func ranges(_ tag: HeaderTag) -> [Range<Int>] { ranges(tag.rawValue, limit: .max) }

    private func ranges(_ tag: Int32, limit: Int) -> [Range<Int>] {
        guard let entry = entry(tag), entry.type == 6 || entry.type == 8 || entry.type == 9 else {
            return []
        }
        var result: [Range<Int>] = []
        result.reserveCapacity(min(entry.count, limit))
        var place = store + entry.offset
        return bytes.withUnsafeBytes { buffer in
            for _ in 0..<min(entry.count, limit) {
                guard place < buffer.count, let start = buffer.baseAddress?.advanced(by: place),
                    let end = memchr(start, 0, buffer.count - place)
                else { return [] }
                let length = UnsafeRawPointer(end) - start
                result.append(place..<(place + length))
                place += length + 1
            }
            return result
        }
    }

    func numbers(_ tag: Int32) -> [UInt64] {
        guard let entry = entry(tag), (1...5).contains(entry.type) else { return [] }
        let start = store + entry.offset
        let width = Self.width(entry.type)
        return bytes.withUnsafeBytes { buffer in
            (0..<entry.count).map { index in
                let place = start + index * width
                switch width {
                case 1: return UInt64(buffer[place])
                case 2:
                    let value = buffer.loadUnaligned(fromByteOffset: place, as: UInt16.self)
                    return UInt64(UInt16(bigEndian: value))
                case 4:
                    let value = buffer.loadUnaligned(fromByteOffset: place, as: UInt32.self)
                    return UInt64(UInt32(bigEndian: value))
                default:
                    let value = buffer.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                    return UInt64(bigEndian: value)
                }
            }
        }
    }

    func binary(_ tag: Int32) -> [UInt8]? {
        guard let entry = entry(tag), entry.type == 7 else { return nil }
        let start = store + entry.offset
        return Array(bytes[start..<(start + entry.count)])
    }
}

extension [UInt8] {
    func bigEndian(at place: Int) -> UInt32 {
        UInt32(self[place]) << 24 | UInt32(self[place + 1]) << 16 | UInt32(self[place + 2]) << 8
            | UInt32(self[place + 3])
    }
}
