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

    private static func isListed(
        _ records: ArraySlice<PackageRecord>, in content: [UInt8]
    ) -> Bool {
        var place = 0
        for record in records {
            guard let start = opening(in: content, from: place) else { return false }
            place = start + record.digest.bytes.count * 2
            guard place <= content.count, record.digest.isHex(Array(content[start..<place])) else {
                return false
            }
        }
        return opening(in: content, from: place) == nil
    }

    /// Past the next one.
    private static func opening(in content: [UInt8], from start: Int) -> Int? {
        content.withUnsafeBytes { bytes in
            var place = start
            while let base = bytes.baseAddress,
                let found = memchr(base + place, Int32(UInt8(ascii: "<")), bytes.count - place)
            {
                place = UnsafeRawPointer(found) - base
                let end = place + opening.count
                guard end <= bytes.count else { return nil }
                if memcmp(found, opening, opening.count) == 0 { return end }
                place += 1
            }
            return nil
        }
    }
}
