internal import Archive
internal import Members
internal import RPM
internal import RepoMetadata
internal import Synchronization

/// Reads packages side by side, each once.
struct PackageReader {
    struct Result: Sendable {
        let state: RepositoryState
        /// In the order of the packages that were given.
        let leftOut: [LeftOut]
    }

    let root: String
    private let location: LocationRule
    private let format: MetadataFormat
    private let workers: Int
    private let checksPayloads: Bool
    /// Takes the files' hashes, where they are wanted.
    private let hashes: HashedListCollector?

    /// The packages' paths begin at `root`.
    init(root: String, options: IndexOptions, hashes: HashedListCollector? = nil) {
        self.hashes = hashes
        self.root = root
        location = options.location
        format = options.format
        workers = options.workers
        checksPayloads = options.checksPayloads
    }

    /// Reads packages that come in createrepo_c's order; the same ones make the same state,
    /// whatever the number of workers is.
    func read(
        _ found: [FoundPackage], _ watch: @escaping @Sendable (IndexEvent) -> Void = { _ in }
    ) async -> Result {
        let collector = StateCollector(
            members, expected: found.count, format.metadataChecksum)
        let queue = ReadingQueue(found.map(\.size))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<max(1, min(workers, found.count)) {
                group.addTask { await work(found, queue, collector, watch) }
            }
        }
        let (state, leftOut) = collector.finish()
        return Result(state: state, leftOut: leftOut)
    }

    /// What is not made of members in the end is made so until then.
    private var members: MemberFormat { format.compression == .gzip ? .gzip : .zstd }

    private func work(
        _ found: [FoundPackage], _ queue: ReadingQueue, _ collector: StateCollector,
        _ watch: @Sendable (IndexEvent) -> Void
    ) async {
        var scanner = PackageScanner(
            .init(algorithm: format.checksum, checksPayload: checksPayloads))
        var codec = RunCodec(members)
        var writer = PieceWriter()
        while !queue.isEmpty {
            scanner.scan(
                next: {
                    queue.next(reached: collector.position).map {
                        PackageScanner.Job(index: $0, path: root + "/" + found[$0].path)
                    }
                },
                finished: { index, result in
                    collector.deliver(index, delivery(found[index], result, &writer), &codec)
                    watch(.read(queue.finished(), of: found.count))
                })
            // Whoever comes here with packages left is too far ahead of another worker.
            if !queue.isEmpty { try? await Task.sleep(for: ReadingQueue.pause) }
        }
    }

    private func delivery(
        _ found: FoundPackage, _ result: Swift.Result<PackageFile, PackageFileError>,
        _ writer: inout PieceWriter
    ) -> StateCollector.Delivery {
        do {
            let file = try result.get()
            if let signed = found.signed, signed != file.digest {
                let reason = "'\(found.path)' changed after its signature was checked"
                return .leftOut(LeftOut(path: found.path, reason: reason))
            }
            guard
                var package = Package(
                    file, location: location.location(of: found.path),
                    changelogLimit: format.changelogLimit)
            else {
                let reason = "'\(found.path)' names directories that its header does not have"
                return .leftOut(LeftOut(path: found.path, reason: reason))
            }
            package.base = location.base.map { Array($0.utf8) }
            let pieces = try writer.pieces(package)
            if let hashes {
                hashes.add(
                    try writer.piece(package, FileHashes(file.header)), of: package.digest)
            }
            return .package(PackageRecord(package), pieces)
        } catch {
            return .leftOut(LeftOut(path: found.path, reason: "\(error)"))
        }
    }
}

/// Hands each worker the next package. The biggest come first, so that no worker is left alone
/// with one at the end; the rest in order, so that few must wait in memory for their turn.
private final class ReadingQueue: Sendable {
    static let maximumEarly = 64
    static let minimumEarlySize: Int64 = 1 << 20
    /// How far ahead of the first package that is missing others are read.
    static let maximumAhead = 256
    /// How long a worker waits that is as far ahead.
    static let pause = Duration.milliseconds(1)

    private let order: [Int]
    private let early: Int
    private let place = Mutex(0)
    private let done = Atomic(0)

    init(_ sizes: [Int64]) {
        let big = sizes.indices.filter { sizes[$0] >= Self.minimumEarlySize }
            .sorted { sizes[$0] > sizes[$1] }.prefix(Self.maximumEarly)
        let isEarly = Set(big)
        order = big + sizes.indices.filter { !isEarly.contains($0) }
        early = big.count
    }

    /// Whether all have been handed out.
    var isEmpty: Bool { place.withLock { $0 == order.count } }

    /// Nil if there is none, or none yet: the first that is missing is at `position`.
    func next(reached position: Int) -> Int? {
        place.withLock { place in
            guard place < order.count,
                place < early || order[place] <= position + Self.maximumAhead
            else { return nil }
            place += 1
            return order[place - 1]
        }
    }

    /// Counts one more; returns how many there are now.
    func finished() -> Int { done.add(1, ordering: .relaxed).newValue }
}
