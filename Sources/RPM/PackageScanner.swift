public import Digests

/// Reads package files, several at once where that is faster, and each byte once. One scanner
/// belongs to one worker; its buffers and hashers are used for all its files.
public struct PackageScanner: ~Copyable {
    public struct Options: Sendable {
        /// Of the digest of the whole file.
        public var algorithm: DigestAlgorithm
        /// Whether payloads are compared with the digests that packages state of them; headers
        /// always are.
        public var checksPayload: Bool
        /// How many streams are hashed side by side, see ``LaneHasher``; 0 reads one file at a
        /// time. A number that the processor cannot do is taken for 0.
        public var lanes: Int

        public init(
            algorithm: DigestAlgorithm = .sha256, checksPayload: Bool = true,
            lanes: Int = LaneHasher.usualCount
        ) {
            self.algorithm = algorithm
            self.checksPayload = checksPayload
            self.lanes = lanes
        }
    }

    /// A file to be read, and the caller's number for it.
    public struct Job: Sendable {
        public let index: Int
        public let path: String

        public init(index: Int, path: String) {
            self.index = index
            self.path = path
        }
    }

    private let options: Options
    private let slots: [PackageSlot]
    private var lanes: LaneHasher?

    public init(_ options: Options = Options()) {
        self.options = options
        // The payload's digest comes by together with the whole file's, the header's before it.
        let width = options.checksPayload ? 2 : 1
        lanes = LaneHasher(lanes: options.lanes)
        if let count = lanes?.count {
            slots = stride(from: 0, to: count, by: width).map { first in
                PackageSlot((0..<width).map { first + $0 })
            }
        } else {
            slots = [PackageSlot(Array(repeating: nil, count: width))]
        }
    }

    /// Reads files until `next` gives none while none is being read; hands each to `finished`, in
    /// any order. It can be called again when there are more.
    public mutating func scan(
        next: () -> Job?, finished: (Int, Result<PackageFile, PackageFileError>) -> Void
    ) {
        while true {
            for slot in slots { prepare(slot, next, finished) }
            guard slots.contains(where: { $0.index != nil }) else { return }
            let blocks = lanes?.run() ?? 0
            for slot in slots where slot.index != nil { slot.moved(blocks, &lanes) }
        }
    }

    /// Makes a slot have something to hash, with a new file if its own is done.
    private mutating func prepare(
        _ slot: PackageSlot, _ next: () -> Job?,
        _ finished: (Int, Result<PackageFile, PackageFileError>) -> Void
    ) {
        while true {
            do throws(PackageFileError) {
                if slot.index == nil {
                    guard let job = next() else { return }
                    try slot.open(job, options, &lanes)
                }
                try slot.prepare(&lanes)
                guard slot.isDone else { return }
                let file = try slot.finish()
                if let index = slot.index { finished(index, .success(file)) }
            } catch {
                if let index = slot.index { finished(index, .failure(error)) }
            }
            slot.close(&lanes)
        }
    }
}
