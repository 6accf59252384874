internal import Digests
internal import Glibc
internal import RepoMetadata

/// Compares what the files say of one package.
enum PackageCheck {
    /// `position` is for the error.
    static func record(
        _ primary: [UInt8], _ range: Range<Int>, _ position: Int
    ) throws(StateError) -> PackageRecord {
        do {
            return try PackageRecord(reading: primary.span.extracting(range))
        } catch {
            throw .damaged(file: .primary, reason: "package \(position + 1): \(error)")
        }
    }

    static func check(
        _ file: MetadataFile, _ bytes: [UInt8], _ range: Range<Int>, _ record: PackageRecord,
        _ position: Int
    ) throws(StateError) {
        let found: [UInt8]
        do {
            found = try PieceIdentity.packageID(of: bytes.span.extracting(range))
        } catch {
            throw .damaged(file: file, reason: "package \(position + 1): \(error)")
        }
        if !record.digest.isHex(found) {
            throw .disagreement(
                file: file, position: position, expected: record.digest.hex,
                found: String(decoding: found, as: UTF8.self))
        }
    }

    /// Whether a member that was opened is of these packages. What we write is found
    /// at a glance; others' pieces are cut.
    static func check(
        _ file: MetadataFile, _ content: [UInt8], _ records: ArraySlice<PackageRecord>
    ) throws(StateError) {
        if isListed(records, in: content) { return }
        guard let ranges = CutRun.cut(content), ranges.count == records.count else {
            throw .damaged(file: file, reason: "a run of packages is none")
        }
        for (range, position) in zip(ranges, records.indices) {
            try check(file, content, range, records[position], position)
        }
    }

    private static let opening = Array("<package pkgid=\"".utf8)
    private static let closing = Array("</package>\n".utf8)

    /// Whether there is nothing but these packages, written as we write them. What is not as
    /// simple is left to the cutter.
    private static func isListed(
        _ records: ArraySlice<PackageRecord>, in content: [UInt8]
    ) -> Bool {
        content.withUnsafeBytes { bytes in
            var place = 0
            for record in records {
                guard has(opening, bytes, place) else { return false }
                let start = place + opening.count
                place = start + record.digest.bytes.count * 2
                guard place <= bytes.count, record.digest.isHex(Array(bytes[start..<place])),
                    let end = packageEnd(bytes, place)
                else { return false }
                place = end
            }
            return place == bytes.count
        }
    }

    /// Past the end of the package that `start` is in; nil if something comes first that could
    /// hide where it is: another package, a comment, CDATA.
    private static func packageEnd(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var place = start
        while let found = memchr(base + place, Int32(UInt8(ascii: "<")), bytes.count - place) {
            place = UnsafeRawPointer(found) - base
            if has(closing, bytes, place) { return place + closing.count }
            guard place + 2 < bytes.count else { return nil }
            switch bytes[place + 1] {
            case UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "p"): return nil
            case UInt8(ascii: "/") where bytes[place + 2] == UInt8(ascii: "p"): return nil
            default: place += 1
            }
        }
        return nil
    }

    private static func has(
        _ text: [UInt8], _ bytes: UnsafeRawBufferPointer, _ place: Int
    ) -> Bool {
        guard let base = bytes.baseAddress, bytes.count - place >= text.count else { return false }
        return memcmp(base + place, text, text.count) == 0
    }
}
