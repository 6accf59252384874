internal import Digests

/// Hashes parts of one file, one after another, as the file comes by: in a lane where there is one
/// and the algorithm allows it, with OpenSSL otherwise.
final class PackageTrack {
    struct Part {
        let range: Range<Int64>
        let algorithm: DigestAlgorithm
    }

    /// What a track can do with what the window has.
    enum Need {
        /// It is done.
        case nothing
        /// Its lane has blocks to take.
        case offered
        /// It has hashed all that there is.
        case drained
        /// It can do nothing before more of the file is there.
        case more
    }

    private enum Phase {
        case reading
        /// The lane has the padded end; so many blocks of it are left.
        case ending(Int)
    }

    private let lane: Int?
    private var parts: [Part] = []
    private var phase = Phase.reading
    /// OpenSSL's, kept from part to part.
    private var hasher: StreamHasher?
    /// Of the parts that are done.
    private(set) var digests: [Digest] = []
    /// The first byte of the file that is still needed; nil if none is.
    private(set) var position: Int64?

    init(lane: Int?) {
        self.lane = lane
    }

    func begin(_ parts: [Part], _ lanes: inout LaneHasher?) {
        self.parts = parts
        digests = []
        // What was offered of a file that failed is not to be looked at any more.
        if let lane { lanes?.begin(lane) }
        beginPart(&lanes)
    }

    private func beginPart(_ lanes: inout LaneHasher?) {
        phase = .reading
        guard digests.count < parts.count else {
            position = nil
            return
        }
        let part = parts[digests.count]
        position = part.range.lowerBound
        if let lane = lane(part) {
            lanes?.begin(lane)
        } else if hasher?.algorithm != part.algorithm {
            hasher = StreamHasher(part.algorithm)
        }
    }

    private func lane(_ part: Part) -> Int? { part.algorithm == .sha256 ? lane : nil }

    /// Hashes or offers what the window has.
    func take(_ window: borrowing FileWindow, _ lanes: inout LaneHasher?) -> Need {
        while let position {
            let part = parts[digests.count]
            if position > window.end { return lane(part) == nil ? .drained : .more }
            let bytes = window.bytes(position..<part.range.upperBound)
            guard let lane = lane(part) else {
                hasher?.update(bytes)
                self.position = position + Int64(bytes.count)
                guard self.position == part.range.upperBound else { return .drained }
                if let digest = hasher?.finish() { digests.append(digest) }
                beginPart(&lanes)
                continue
            }
            if case .ending = phase { return .offered }
            if bytes.count >= LaneHasher.blockSize {
                lanes?.offer(lane, bytes)
                return .offered
            }
            guard position + Int64(bytes.count) == part.range.upperBound else { return .more }
            let length = part.range.upperBound - part.range.lowerBound
            phase = .ending(lanes?.offerEnd(lane, bytes, length: length) ?? 0)
            return .offered
        }
        return .nothing
    }

    /// The lanes have taken so many blocks of each.
    func moved(_ blocks: Int, _ lanes: inout LaneHasher?) {
        guard let position, let lane = lane(parts[digests.count]) else { return }
        switch phase {
        case .reading: self.position = position + Int64(blocks * LaneHasher.blockSize)
        case .ending(let left) where left > blocks: phase = .ending(left - blocks)
        case .ending:
            if let digest = lanes?.digest(lane) { digests.append(digest) }
            beginPart(&lanes)
        }
    }
}
