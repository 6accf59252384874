internal import Archive
internal import Digests
internal import Host
internal import Members
internal import RepoMetadata
internal import Synchronization

/// Packages' pieces of `filelists-ext`, by the packages' digests. They stay compressed, many
/// together, in the order in which they came.
struct HashedLists: Sendable {
    /// Bytes of pieces that are compressed together.
    static let runSize = 1 << 20
    /// Runs that are open at once while a file is made: packages come nearly in order.
    static let maximumOpenRuns = 8

    private struct Place: Sendable {
        let run: Int
        let range: Range<Int>
    }

    private var places: [Digest: Place] = [:]
    private var runs: [Run.Member] = []
    private var last: [UInt8] = []

    func contains(_ package: Digest) -> Bool { places[package] != nil }

    mutating func add(_ piece: [UInt8], of package: Digest) {
        guard places[package] == nil else { return }
        places[package] = Place(
            run: runs.count, range: last.count..<(last.count + piece.count))
        last += piece
        if last.count >= Self.runSize { close() }
    }

    private mutating func close() {
        if last.isEmpty { return }
        var codec = RunCodec(.zstd)
        runs.append(
            Run.Member(
                format: .zstd, bytes: codec.compressor.compress(last), openSize: last.count))
        last = []
    }

    /// Takes what an index has of them; nothing where it has none, or where they are not what it
    /// says: those packages are read again.
    mutating func take(_ old: OldIndex) {
        guard let record = old.index?.record(HashedFileLists.type),
            let bytes = try? old.files.read(
                "/" + record.location, limit: OldIndex.maximumFileSize),
            Digest.of(bytes, record.digest.algorithm) == record.digest,
            let state = try? old.state()
        else { return }
        let packages = Dictionary(
            state.records.map { (Array($0.digest.hex.utf8), $0.digest) },
            uniquingKeysWith: { first, _ in first })
        // What was taken before an error is as good as if there had been none.
        try? take(bytes, packages)
    }

    private mutating func take(_ bytes: [UInt8], _ packages: [[UInt8]: Digest]) throws {
        let stream = try PieceStream(.filelists, bytes)
        while let piece = try stream.next() {
            guard HashedFileLists.isComplete(piece.span),
                let package = packages[try PieceIdentity.packageID(of: piece.span)]
            else { continue }
            add(piece, of: package)
        }
    }

    /// The file for these packages, each of which must be there.
    mutating func record(
        _ packages: [PackageRecord], _ compression: Compression, _ algorithm: DigestAlgorithm
    ) throws -> SnapshotOptions.OtherRecord {
        close()
        var writer = try HashedListWriter(compression, algorithm)
        try writer.add(HashedFileLists.opening(packageCount: packages.count))
        var codec = RunCodec(.zstd)
        var open: [(run: Int, bytes: [UInt8])] = []
        for package in packages {
            guard let place = places[package.digest] else { throw Missing(package.nevra) }
            if let index = open.firstIndex(where: { $0.run == place.run }) {
                open.append(open.remove(at: index))
            } else {
                if open.count == Self.maximumOpenRuns { open.removeFirst() }
                open.append((place.run, try codec.open(runs[place.run])))
            }
            try writer.add(Array(open[open.count - 1].bytes[place.range]))
        }
        try writer.add(HashedFileLists.closing)
        return try writer.finish()
    }

    private struct Missing: Error, CustomStringConvertible {
        let description: String

        init(_ package: String) { description = "the hashes of the files of '\(package)' are lost" }
    }
}

private struct HashedListWriter: ~Copyable {
    private let compression: Compression
    private let stream: CompressedStream?
    private var hasher: StreamHasher
    private var plain: [UInt8] = []
    private var size = 0

    init(_ compression: Compression, _ algorithm: DigestAlgorithm) throws(ArchiveError) {
        self.compression = compression
        stream = compression == .none ? nil : try CompressedStream.open(compression)
        hasher = StreamHasher(algorithm)
    }

    mutating func add(_ bytes: [UInt8]) throws(ArchiveError) {
        hasher.update(bytes)
        size += bytes.count
        if stream != nil { try stream?.write(bytes) } else { plain += bytes }
    }

    consuming func finish() throws(ArchiveError) -> SnapshotOptions.OtherRecord {
        var record = SnapshotOptions.OtherRecord(
            type: HashedFileLists.type, name: "filelists-ext.xml" + compression.suffix,
            bytes: try stream?.finish() ?? plain)
        if compression != .none { record.open = .init(digest: hasher.finish(), size: size) }
        return record
    }
}

/// Takes pieces from several workers.
final class HashedListCollector: Sendable {
    private let lists: Mutex<HashedLists>

    init(_ known: HashedLists) { lists = Mutex(known) }

    func add(_ piece: [UInt8], of package: Digest) {
        lists.withLock { $0.add(piece, of: package) }
    }

    var known: HashedLists { lists.withLock { $0 } }
}
