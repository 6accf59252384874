import Digests
import Support
import Testing

/// OpenSSL is the oracle, for each number of lanes that the processor can do, and for fewer streams
/// than lanes. Without AVX2 there is nothing to compare.
@Suite(.enabled(if: !LaneHasher.possibleCounts.isEmpty, "needs AVX2"))
struct LaneHasherTests {
    @Test(arguments: LaneHasher.possibleCounts, [1, 2, 3, 8, 16])
    func `streams of all lengths side by side have the digests that OpenSSL gives them`(
        lanes laneCount: Int, streams atOnce: Int
    ) {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let lengths =
            Array(0...130) + (0..<60).map { _ in Int.random(in: 0...5000, using: &random) }
        var streams = lengths.map { count in
            (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        }
        streams.shuffle(using: &random)
        guard var hasher = LaneHasher(lanes: laneCount) else {
            Issue.record("no \(laneCount) lanes")
            return
        }
        var rest = streams[...]
        var lanes = [Lane?](repeating: nil, count: min(atOnce, laneCount))
        var isBusy = true
        while isBusy {
            isBusy = false
            for index in lanes.indices {
                if lanes[index] == nil, let bytes = rest.popFirst() {
                    lanes[index] = Lane(bytes)
                    hasher.begin(index)
                }
                if lanes[index] != nil { isBusy = true }
                lanes[index]?.offer(&hasher, index)
            }
            let blocks = hasher.run()
            for index in lanes.indices {
                guard let digest = lanes[index]?.moved(blocks, hasher, index) else { continue }
                let bytes = lanes[index].map { Array($0.bytes) } ?? []
                #expect(digest == Digest.of(bytes), "\(bytes.count) bytes, seed \(seed)")
                lanes[index] = nil
            }
        }
    }
}

/// One stream that is being hashed.
private final class Lane {
    let bytes: UnsafeMutableRawBufferPointer
    private var place = 0
    private var ending: Int?

    init(_ bytes: [UInt8]) {
        self.bytes = .allocate(byteCount: bytes.count, alignment: 1)
        self.bytes.copyBytes(from: bytes)
    }

    deinit { bytes.deallocate() }

    func offer(_ hasher: inout LaneHasher, _ lane: Int) {
        if ending != nil { return }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[place...])
        if rest.count >= LaneHasher.blockSize {
            hasher.offer(lane, rest)
        } else {
            ending = hasher.offerEnd(lane, rest, length: Int64(bytes.count))
        }
    }

    func moved(_ blocks: Int, _ hasher: borrowing LaneHasher, _ lane: Int) -> Digest? {
        guard let left = ending else {
            place += blocks * LaneHasher.blockSize
            return nil
        }
        ending = left - blocks
        return left == blocks ? hasher.digest(lane) : nil
    }
}
