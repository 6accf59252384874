internal import Archive
internal import Members
internal import RepoMetadata

/// Reads metadata that others wrote: one compressed stream a file, in any order of packages. Only
/// a batch of packages is in memory at a time, besides what is compressed.
struct ForeignReader: ~Copyable {
    static let batchCount = 512
    /// Bytes of XML.
    static let batchSize = 16 << 20

    private var streams: [PieceStream]
    private let format: MemberFormat
    private var count = 0
    /// Sorted states, each of more packages than the next, as in a merge sort.
    private var states: [RepositoryState] = []

    static func read(_ files: PerFile<[UInt8]>) throws(StateError) -> RepositoryState {
        // gzip stays gzip, since it will likely be written so again.
        let format: MemberFormat =
            Compression(recognising: files.primary) == .gzip ? .gzip : .zstd
        var streams: [PieceStream] = []
        for file in MetadataFile.allCases {
            streams.append(try PieceStream(file, files[file]))
        }
        var reader = ForeignReader(streams, format)
        return try reader.read()
    }

    private init(_ streams: [PieceStream], _ format: MemberFormat) {
        self.streams = streams
        self.format = format
    }

    private mutating func read() throws(StateError) -> RepositoryState {
        while true {
            let batch = try batch()
            if batch.isEmpty { break }
            states.append(try RepositoryState(packages: batch, format: format))
            try merge { $0 <= $1 * 2 }
        }
        try merge { _, _ in true }
        return states.first ?? RepositoryState(records: [], runs: [], format: format)
    }

    /// Merges the last two states as long as `isDue` says so of their counts.
    private mutating func merge(_ isDue: (Int, Int) -> Bool) throws(StateError) {
        while states.count > 1 {
            let (one, two) = (states[states.count - 2], states[states.count - 1])
            guard isDue(one.records.count, two.records.count) else { return }
            states.removeLast(2)
            states.append(try one.changing(remove: [], add: two))
        }
    }

    private mutating func batch() throws(StateError) -> [(PackageRecord, PackagePieces)] {
        var batch: [(PackageRecord, PackagePieces)] = []
        var size = 0
        while batch.count < Self.batchCount, size < Self.batchSize {
            guard let primary = try streams[0].next() else {
                for stream in streams.dropFirst() {
                    if try stream.next() != nil {
                        throw .damaged(
                            file: stream.file,
                            reason: "it has more packages than primary, which has \(count)")
                    }
                }
                return batch
            }
            guard count < RepositoryState.maximumPackages else {
                throw .tooMany(limit: RepositoryState.maximumPackages)
            }
            let record = try PackageCheck.record(primary, 0..<primary.count, count)
            let filelists = try streams[1].next(for: record, count)
            let other = try streams[2].next(for: record, count)
            batch.append(
                (record, PackagePieces(primary: primary, filelists: filelists, other: other)))
            size += primary.count + filelists.count + other.count
            count += 1
        }
        return batch
    }
}

/// One metadata file, decompressed as it is read.
final class PieceStream {
    static let blockSize = 256 << 10
    /// Bytes of one package's piece.
    static let maximumPieceSize = 256 << 20

    let file: MetadataFile
    private let stream: DecompressedStream
    private var bytes: [UInt8] = []
    private var place = 0
    private var total = 0

    init(_ file: MetadataFile, _ packed: [UInt8]) throws(StateError) {
        self.file = file
        do {
            stream = try DecompressedStream.open(packed, name: file.rawValue)
        } catch {
            throw .damaged(file: file, reason: "\(error)")
        }
    }

    /// The next package's piece, with a line's end; nil at the end.
    func next() throws(StateError) -> [UInt8]? {
        while true {
            switch try step() {
            case .piece(let range):
                place = range.upperBound
                return Array(bytes[range]) + [UInt8(ascii: "\n")]
            case .end: return nil
            case .more: try fill()
            }
        }
    }

    /// The next piece, which must be that package's.
    func next(for record: PackageRecord, _ position: Int) throws(StateError) -> [UInt8] {
        guard let piece = try next() else {
            throw .damaged(file: file, reason: "it ends after \(position) packages")
        }
        try PackageCheck.check(file, piece, 0..<piece.count, record, position)
        return piece
    }

    private func step() throws(StateError) -> PieceCutter.Step {
        let bytes = bytes
        do {
            return try PieceCutter.next(in: bytes.span, from: place)
        } catch {
            throw .damaged(file: file, reason: "\(error)")
        }
    }

    private func fill() throws(StateError) {
        bytes.removeFirst(place)
        place = 0
        guard bytes.count <= Self.maximumPieceSize, total <= RepositoryState.maximumOpenSize else {
            throw .damaged(file: file, reason: "a package in it is too long")
        }
        let old = bytes.count
        let more: Bool
        do {
            // Twice as much each time, so that a long piece is not looked through too often.
            more = try stream.read(max(Self.blockSize, old), appendingTo: &bytes)
        } catch {
            throw .damaged(file: file, reason: "\(error)")
        }
        if !more { throw .damaged(file: file, reason: "it is cut off") }
        total += bytes.count - old
    }
}
