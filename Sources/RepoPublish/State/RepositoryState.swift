internal import Archive
internal import Digests
public import RepoMetadata

/// What a repository's index says, as a value: its packages in createrepo_c's order, each with its
/// piece of the three metadata files, byte for byte as it was.
public struct RepositoryState: Sendable {
    public static let maximumPackages = 1_000_000
    /// Bytes of one metadata file when decompressed.
    static let maximumOpenSize = 4 << 30

    public static let empty = RepositoryState(packages: [])

    public let records: [PackageRecord]
    private let pieces: [PackagePieces]

    private init(packages: [(PackageRecord, PackagePieces)]) {
        records = packages.map(\.0)
        pieces = packages.map(\.1)
    }

    /// Reads the contents of metadata files, however they are compressed and whoever wrote them.
    /// All three must list the same packages in the same order.
    public init(primary: [UInt8], filelists: [UInt8], other: [UInt8]) throws(StateError) {
        let primary = try MetadataContent(primary, .primary)
        let filelists = try MetadataContent(filelists, .filelists)
        let other = try MetadataContent(other, .other)
        guard primary.ranges.count <= Self.maximumPackages else {
            throw .tooMany(limit: Self.maximumPackages)
        }
        var packages: [(PackageRecord, PackagePieces)] = []
        for index in primary.ranges.indices {
            let record = try primary.record(index)
            let id = Array(record.digest.hex.utf8)
            try filelists.check(index, id)
            try other.check(index, id)
            packages.append(
                (
                    record,
                    PackagePieces(
                        primary: primary.piece(index), filelists: filelists.piece(index),
                        other: other.piece(index))
                ))
        }
        try filelists.checkEnd(packages.count)
        try other.checkEnd(packages.count)
        packages.sort { PackageRecord.precedes($0.0, $1.0) }
        self.init(packages: packages)
    }

    /// The pieces of the packages at these positions of `records`.
    public func pieces(_ indexes: [Int]) throws(StateError) -> [PackagePieces] {
        var found: [PackagePieces] = []
        for index in indexes {
            guard pieces.indices.contains(index) else { throw .noSuchPackage(position: index) }
            found.append(pieces[index])
        }
        return found
    }

    /// Another state: without the packages at the positions `remove`, with `add`, which may come
    /// in any order.
    public func changing(
        remove: Set<Int>, add: [(PackageRecord, PackagePieces)]
    ) throws(StateError) -> RepositoryState {
        var packages = zip(records, pieces).enumerated()
            .filter { !remove.contains($0.offset) }.map(\.element)
        packages += add
        packages.sort { PackageRecord.precedes($0.0, $1.0) }
        guard packages.count <= Self.maximumPackages else {
            throw .tooMany(limit: Self.maximumPackages)
        }
        return RepositoryState(packages: packages)
    }

    /// The files that say all this. The same state and options give the same files.
    public func snapshot(_ options: SnapshotOptions) throws -> Snapshot {
        var builder = SnapshotBuilder(options)
        for kind in MetadataFile.allCases {
            var open = kind.opening(packageCount: records.count)
            for piece in pieces { open += piece[kind] }
            open += kind.closing
            let packed = try Compressor.compress(open, options.compression)
            builder.add(
                kind, packed, openDigest: Digest.of(open, options.algorithm), openSize: open.count)
        }
        for other in options.others.sorted(by: { $0.type < $1.type }) { try builder.add(other) }
        return builder.snapshot
    }
}

/// One decompressed metadata file, cut into pieces.
private struct MetadataContent {
    let file: MetadataFile
    let bytes: [UInt8]
    let ranges: [Range<Int>]

    init(_ packed: [UInt8], _ file: MetadataFile) throws(StateError) {
        self.file = file
        do {
            bytes = try Decompressor.decompress(
                packed, limit: RepositoryState.maximumOpenSize, name: file.rawValue)
            ranges = try PieceCutter.pieces(of: bytes)
        } catch {
            throw .damaged(file: file, reason: "\(error)")
        }
    }

    func piece(_ index: Int) -> [UInt8] { bytes[ranges[index]] + [UInt8(ascii: "\n")] }

    func record(_ index: Int) throws(StateError) -> PackageRecord {
        do {
            return try PackageRecord(reading: bytes.span.extracting(ranges[index]))
        } catch {
            throw .damaged(file: file, reason: "package \(index + 1): \(error)")
        }
    }

    func check(_ index: Int, _ expected: [UInt8]) throws(StateError) {
        guard ranges.indices.contains(index) else {
            throw .damaged(file: file, reason: "it ends after \(ranges.count) packages")
        }
        let found: [UInt8]
        do {
            found = try PieceIdentity.packageID(of: bytes.span.extracting(ranges[index]))
        } catch {
            throw .damaged(file: file, reason: "package \(index + 1): \(error)")
        }
        if found != expected {
            throw .disagreement(
                file: file, position: index, expected: String(decoding: expected, as: UTF8.self),
                found: String(decoding: found, as: UTF8.self))
        }
    }

    func checkEnd(_ count: Int) throws(StateError) {
        if ranges.count > count {
            throw .damaged(file: file, reason: "it has \(ranges.count) packages, primary \(count)")
        }
    }
}
