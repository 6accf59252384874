internal import Members
internal import RepoMetadata

/// Some packages one after another: a member in each of the three files, with the same cut in all
/// of them. Decompressed, a member is nothing but their pieces.
struct Run: Sendable {
    /// A full index is cut into runs of so many; a change leaves those alone that are inside the
    /// limits. Fewer packages a run compress worse, more make a change touch more.
    static let usualCount = 96
    static let maximumCount = 128
    static let minimumCount = 32
    /// Bytes of a member when decompressed, above which a run ends early.
    static let usualOpenSize = 4 << 20
    /// Bytes of a member that is read.
    static let maximumOpenSize = 256 << 20

    struct Member: Sendable {
        let format: MemberFormat
        /// What it is a part of: a whole file need not be copied for its runs.
        let source: [UInt8]
        let range: Range<Int>
        let openSize: Int

        var bytes: ArraySlice<UInt8> { source[range] }

        init(format: MemberFormat, source: [UInt8], range: Range<Int>, openSize: Int) {
            self.format = format
            self.source = source
            self.range = range
            self.openSize = openSize
        }

        /// One that is a part of nothing.
        init(format: MemberFormat, bytes: [UInt8], openSize: Int) {
            self.init(format: format, source: bytes, range: bytes.indices, openSize: openSize)
        }
    }

    let count: Int
    let members: PerFile<Member>
    /// Whether filelists and other are known to be of the same packages as primary. If not, that
    /// is looked at when they are opened.
    let isChecked: Bool
}

/// What a worker needs to make runs and to read them, used again for each.
struct RunCodec: ~Copyable {
    var compressor: MemberCompressor
    var decompressor = MemberDecompressor()

    init(_ format: MemberFormat) {
        compressor = MemberCompressor(format)
    }

    mutating func open(_ member: Run.Member) throws(MemberError) -> [UInt8] {
        var content: [UInt8] = []
        content.reserveCapacity(member.openSize)
        let start = member.range.lowerBound
        let end = try decompressor.open(
            member.source, from: start, into: &content, limit: max(member.openSize, 1),
            member.format)
        guard end == member.range.upperBound, content.count == member.openSize else {
            throw .damaged(offset: start)
        }
        return content
    }

    mutating func close(_ open: borrowing OpenRun) -> Run {
        Run(
            count: open.count,
            members: PerFile { file in
                let bytes = open.bytes[file]
                return Run.Member(
                    format: compressor.format,
                    bytes: compressor.compress(bytes, count: open.count), openSize: bytes.count)
            }, isChecked: true)
    }
}

/// A run that is being made.
struct OpenRun: ~Copyable {
    private(set) var bytes = PerFile<[UInt8]> { _ in [] }
    private(set) var count = 0

    mutating func append(_ pieces: PackagePieces) {
        for file in MetadataFile.allCases { bytes[file].append(contentsOf: pieces[file]) }
        count += 1
    }

    mutating func append(_ source: borrowing CutRun, _ index: Int) {
        for file in MetadataFile.allCases {
            bytes[file].append(contentsOf: source.bytes[file][source.ranges[file][index]])
        }
        count += 1
    }

    var isLarge: Bool {
        MetadataFile.allCases.contains { bytes[$0].count >= Run.usualOpenSize }
    }
}

/// A run that was decompressed and cut into pieces.
struct CutRun: ~Copyable {
    let bytes: PerFile<[UInt8]>
    let ranges: PerFile<[Range<Int>]>

    /// Nil if the members are not just the pieces of as many packages, each with its line's end.
    init?(_ bytes: PerFile<[UInt8]>) {
        self.bytes = bytes
        guard let primary = Self.cut(bytes.primary), let filelists = Self.cut(bytes.filelists),
            let other = Self.cut(bytes.other), filelists.count == primary.count,
            other.count == primary.count
        else { return nil }
        ranges = PerFile(primary: primary, filelists: filelists, other: other)
    }

    var count: Int { ranges.primary.count }

    /// Nil if there is anything but pieces.
    static func cut(_ bytes: [UInt8]) -> [Range<Int>]? {
        var ranges: [Range<Int>] = []
        var place = 0
        while place < bytes.count {
            guard case .piece(let range) = try? PieceCutter.next(in: bytes.span, from: place),
                range.lowerBound == place, range.upperBound < bytes.count,
                bytes[range.upperBound] == UInt8(ascii: "\n")
            else { return nil }
            ranges.append(place..<(range.upperBound + 1))
            place = range.upperBound + 1
        }
        return ranges
    }

    func pieces(_ index: Int) -> PackagePieces {
        PackagePieces(
            primary: Array(bytes.primary[ranges.primary[index]]),
            filelists: Array(bytes.filelists[ranges.filelists[index]]),
            other: Array(bytes.other[ranges.other[index]]))
    }
}
