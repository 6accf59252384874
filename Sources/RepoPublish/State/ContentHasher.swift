internal import Digests
internal import RepoMetadata

/// Hashes the contents of the three files, side by side where that is faster.
enum ContentHasher {
    /// `next` gives what comes next of a file; nil at its end.
    static func digests(
        _ algorithm: DigestAlgorithm, next: (MetadataFile) throws -> [UInt8]?
    ) throws -> PerFile<Digest> {
        if algorithm == .sha256, let lanes = LaneHasher() {
            return try digests(lanes, next)
        }
        return try PerFile { file in
            var hasher = StreamHasher(algorithm)
            while let content = try next(file) { hasher.update(content) }
            return hasher.finish()
        }
    }

    private static func digests(
        _ lanes: consuming LaneHasher, _ next: (MetadataFile) throws -> [UInt8]?
    ) throws -> PerFile<Digest> {
        let feeds = MetadataFile.allCases.enumerated().map { LaneFeed(lane: $0, file: $1) }
        for feed in feeds { lanes.begin(feed.lane) }
        while true {
            for feed in feeds { try feed.offer(&lanes, next) }
            let blocks = lanes.run()
            if blocks == 0 { break }
            for feed in feeds { feed.moved(blocks, lanes) }
        }
        return try PerFile { file in
            guard let digest = feeds.first(where: { $0.file == file })?.digest else {
                throw StateError.damaged(file: file, reason: "it was not read to its end")
            }
            return digest
        }
    }
}

/// What a lane is to hash of one file.
private final class LaneFeed {
    private static let firstCapacity = 1 << 20

    let lane: Int
    let file: MetadataFile
    private(set) var digest: Digest?
    private var buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: firstCapacity, alignment: 64)
    /// What is left to hash in the buffer.
    private var rest = 0..<0
    private var total: Int64 = 0
    /// Blocks of the padded end that are left.
    private var ending: Int?

    init(lane: Int, file: MetadataFile) {
        self.lane = lane
        self.file = file
    }

    deinit { buffer.deallocate() }

    func offer(_ lanes: inout LaneHasher, _ next: (MetadataFile) throws -> [UInt8]?) throws {
        if digest != nil || ending != nil { return }
        while rest.count < LaneHasher.blockSize {
            guard let content = try next(file) else {
                let last = UnsafeRawBufferPointer(rebasing: buffer[rest])
                ending = lanes.offerEnd(lane, last, length: total)
                return
            }
            take(content)
        }
        lanes.offer(lane, UnsafeRawBufferPointer(rebasing: buffer[rest]))
    }

    private func take(_ content: [UInt8]) {
        let needed = rest.count + content.count
        var target = buffer
        if needed > buffer.count { target = .allocate(byteCount: needed * 2, alignment: 64) }
        UnsafeMutableRawBufferPointer(rebasing: target[..<rest.count])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[rest]))
        if needed > buffer.count {
            buffer.deallocate()
            buffer = target
        }
        content.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(rebasing: buffer[rest.count..<needed])
                .copyMemory(from: $0)
        }
        rest = 0..<needed
        total += Int64(content.count)
    }

    func moved(_ blocks: Int, _ lanes: borrowing LaneHasher) {
        if let left = ending {
            ending = left - blocks
            guard left == blocks else { return }
            digest = lanes.digest(lane)
            ending = nil
        } else if digest == nil {
            rest = (rest.lowerBound + blocks * LaneHasher.blockSize)..<rest.upperBound
        }
    }
}
