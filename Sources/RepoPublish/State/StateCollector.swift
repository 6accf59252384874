internal import Digests
internal import Members
internal import RepoMetadata
internal import Synchronization

/// Takes packages from several workers in any order and makes a state of them: the same one
/// whatever the order is. Runs are compressed by the worker that brought their last package.
final class StateCollector: Sendable {
    enum Delivery: Sendable {
        case package(PackageRecord, PackagePieces)
        case leftOut(LeftOut)
    }

    private struct Front: ~Copyable {
        var next = 0
        /// What came before its turn.
        var waiting: [Int: Delivery] = [:]
        var records: [PackageRecord] = []
        var leftOut: [LeftOut] = []
        var open = OpenRun()
        var runCount = 0
    }

    private struct Full: ~Copyable {
        let number: Int
        let run: OpenRun
    }

    private let front = Mutex(Front())
    private let place = Atomic(0)
    private let runs = Mutex<[Int: Run]>([:])
    private let hashing: Mutex<OpenHashing>
    private let format: MemberFormat
    private let target: Int

    /// `expected` packages come at most; `algorithm` is of the contents' own digests.
    init(_ format: MemberFormat, expected: Int, _ algorithm: DigestAlgorithm) {
        self.format = format
        target = RunBuilder.target(expected)
        hashing = Mutex(OpenHashing(algorithm, packages: expected))
    }

    /// The first package that has not come yet.
    var position: Int { place.load(ordering: .relaxed) }

    /// `index` is the package's place among all that are expected.
    func deliver(_ index: Int, _ delivery: Delivery, _ codec: inout RunCodec) {
        front.withLock { $0.waiting[index] = delivery }
        while let full = advance() {
            let run = codec.close(full.run)
            let bytes = full.run.bytes
            runs.withLock { $0[full.number] = run }
            hashing.withLock { $0.take(full.number, bytes) }
        }
    }

    /// Takes what has its turn, until a run is full or nothing is left.
    private func advance() -> Full? {
        front.withLock { front in
            while let delivery = front.waiting.removeValue(forKey: front.next) {
                front.next += 1
                place.store(front.next, ordering: .relaxed)
                switch delivery {
                case .leftOut(let package): front.leftOut.append(package)
                case .package(let record, let pieces):
                    front.records.append(record)
                    front.open.append(pieces)
                    if front.open.count == target || front.open.isLarge {
                        return Self.detach(&front)
                    }
                }
            }
            return nil
        }
    }

    private static func detach(_ front: inout Front) -> Full {
        var run = OpenRun()
        swap(&run, &front.open)
        front.runCount += 1
        return Full(number: front.runCount - 1, run: run)
    }

    /// All that came; every package must have come.
    func finish() -> (state: RepositoryState, leftOut: [LeftOut]) {
        var codec = RunCodec(format)
        let last: Full? = front.withLock { $0.open.count > 0 ? Self.detach(&$0) : nil }
        if let last {
            let run = codec.close(last.run)
            runs.withLock { $0[last.number] = run }
            hashing.withLock { $0.take(last.number, last.run.bytes) }
        }
        let made = runs.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }
        let (records, leftOut) = front.withLock { ($0.records, $0.leftOut) }
        let digests = hashing.withLock { $0.finish(packages: records.count) }
        let state = RepositoryState(
            records: records, runs: made, format: format, openDigests: digests)
        return (state, leftOut)
    }
}

/// Hashes the contents of the three files run by run, so that they need not be decompressed for
/// it. How many packages there are comes first in them: if some are left out, it was in vain.
private struct OpenHashing: ~Copyable {
    private let algorithm: DigestAlgorithm
    private let packages: Int
    private var primary: StreamHasher
    private var filelists: StreamHasher
    private var other: StreamHasher
    private var next = 0
    /// What came before its turn: while a worker compresses one run, others may go on with more.
    private var waiting: [Int: PerFile<[UInt8]>] = [:]

    init(_ algorithm: DigestAlgorithm, packages: Int) {
        self.algorithm = algorithm
        self.packages = packages
        primary = StreamHasher(algorithm)
        filelists = StreamHasher(algorithm)
        other = StreamHasher(algorithm)
        update(PerFile { $0.opening(packageCount: packages) })
    }

    mutating func take(_ number: Int, _ bytes: PerFile<[UInt8]>) {
        waiting[number] = bytes
        while let bytes = waiting.removeValue(forKey: next) {
            update(bytes)
            next += 1
        }
    }

    private mutating func update(_ bytes: PerFile<[UInt8]>) {
        primary.update(bytes.primary)
        filelists.update(bytes.filelists)
        other.update(bytes.other)
    }

    /// Nil if other packages came than were expected.
    mutating func finish(packages: Int) -> OpenDigests? {
        guard packages == self.packages, waiting.isEmpty else { return nil }
        update(PerFile { $0.closing })
        return OpenDigests(
            algorithm: algorithm,
            digests: PerFile(
                primary: primary.finish(), filelists: filelists.finish(), other: other.finish()))
    }
}
