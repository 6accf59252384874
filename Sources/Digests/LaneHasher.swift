internal import CCrypto
internal import CSHA

/// SHA-256 of several streams side by side, one in each lane of the processor's vector registers.
/// What is offered is not copied: it must stay where it is until `run` has taken it.
public struct LaneHasher: ~Copyable {
    public static let blockSize = 64
    /// The numbers of lanes that this processor can do, the most first.
    public static let possibleCounts = [16, 8].filter { howdah_sha256_can(Int32($0)) != 0 }
    /// The best of them; 0 where ``StreamHasher`` is the fastest there is: SHA instructions are
    /// faster than eight lanes.
    public static let usualCount: Int = {
        let best = possibleCounts.first ?? 0
        return best < 16 && hasInstructions ? 0 : best
    }()
    private static let hasInstructions = howdah_sha256_instructions() != 0
    /// So many streams are hashed faster one after another by OpenSSL. Measured: 2.7 GB/s of 16
    /// lanes together, 1.8 of 8 with AVX-512 and 1.1 without; OpenSSL's 1.6 with SHA instructions
    /// and 0.36 without.
    private static let fewStreams = hasInstructions ? 8 : possibleCounts.first == 16 ? 1 : 2
    /// So many streams do not need all of 16 lanes.
    private static let half = 8
    /// Blocks that one `run` takes of a lane at most.
    static let maximumBlocks = 2048
    private static let words = 8

    public let count: Int
    private let state: UnsafeMutablePointer<UInt32>
    private let data: UnsafeMutablePointer<UnsafePointer<UInt8>?>
    /// Where each stream's last bytes are, padded to one block or two.
    private let endings: UnsafeMutablePointer<UInt8>
    /// Blocks that each lane has been offered and not taken.
    private var ready: [Int]

    /// Nil if the processor cannot do so many lanes.
    public init?(lanes count: Int = usualCount) {
        guard Self.possibleCounts.contains(count) else { return nil }
        self.count = count
        state = .allocate(capacity: count * Self.words)
        state.initialize(repeating: 0, count: count * Self.words)
        data = .allocate(capacity: count)
        data.initialize(repeating: nil, count: count)
        endings = .allocate(capacity: count * 2 * Self.blockSize)
        endings.initialize(repeating: 0, count: count * 2 * Self.blockSize)
        ready = Array(repeating: 0, count: count)
    }

    deinit {
        state.deallocate()
        data.deallocate()
        endings.deallocate()
    }

    /// Begins a stream (FIPS 180-4, section 5.3.3).
    public mutating func begin(_ lane: Int) {
        precondition(ready.indices.contains(lane))
        let initial: [UInt32] = [
            0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c,
            0x1f83_d9ab, 0x5be0_cd19,
        ]
        for (row, word) in initial.enumerated() { state[row * count + lane] = word }
        ready[lane] = 0
    }

    /// Offers what comes next of a stream, in place of what was offered and not taken. A rest of
    /// less than a block is not looked at.
    public mutating func offer(_ lane: Int, _ bytes: UnsafeRawBufferPointer) {
        data[lane] = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        ready[lane] = bytes.count / Self.blockSize
    }

    /// Offers the last bytes of a stream, less than a block, which are copied; `length` is the
    /// whole stream's. Returns how many blocks they make with their padding (section 5.1.1).
    public mutating func offerEnd(
        _ lane: Int, _ rest: UnsafeRawBufferPointer, length: Int64
    ) -> Int {
        precondition(ready.indices.contains(lane) && rest.count < Self.blockSize)
        let blocks = rest.count + 9 <= Self.blockSize ? 1 : 2
        let size = blocks * Self.blockSize
        let place = UnsafeMutableRawBufferPointer(
            start: endings + lane * 2 * Self.blockSize, count: size)
        place.copyMemory(from: rest)
        place[rest.count] = 0x80
        for index in (rest.count + 1)..<(size - 8) { place[index] = 0 }
        let bits = UInt64(length) * 8
        for index in 0..<8 {
            place[size - 1 - index] = UInt8(truncatingIfNeeded: bits >> (8 * index))
        }
        offer(lane, UnsafeRawBufferPointer(place))
        return blocks
    }

    /// Takes the same number of blocks from each lane that has any, and returns it: what the one
    /// that has the fewest has. 0 if none has any.
    public mutating func run() -> Int {
        var blocks = Self.maximumBlocks
        var streams = 0
        var other: UnsafePointer<UInt8>?
        for lane in ready.indices where ready[lane] > 0 {
            blocks = min(blocks, ready[lane])
            other = data[lane]
            streams += 1
        }
        guard let other else { return 0 }
        if streams <= Self.fewStreams {
            for lane in ready.indices where ready[lane] > 0 { runAlone(lane, blocks) }
        } else if streams <= Self.half && count > Self.half {
            runHalf(blocks)
        } else {
            // A lane without a stream hashes another's bytes, and nobody asks for the result.
            for lane in ready.indices where ready[lane] == 0 { data[lane] = other }
            howdah_sha256(Int32(count), state, data, blocks)
        }
        for lane in ready.indices where ready[lane] > 0 { ready[lane] -= blocks }
        return blocks
    }

    private func runAlone(_ lane: Int, _ blocks: Int) {
        let (state, data, count) = (state, data, count)
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.words) { words in
            for row in 0..<Self.words { words[row] = state[row * count + lane] }
            howdah_sha256_blocks(words.baseAddress, data[lane], blocks)
            for row in 0..<Self.words { state[row * count + lane] = words[row] }
        }
        data[lane] = data[lane]?.advanced(by: blocks * Self.blockSize)
    }

    /// Takes blocks of the lanes that have any, in half as many.
    private func runHalf(_ blocks: Int) {
        let (state, data, count, half) = (state, data, count, Self.half)
        let busy = ready.indices.filter { ready[$0] > 0 }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: half * Self.words) { words in
            withUnsafeTemporaryAllocation(of: UnsafePointer<UInt8>?.self, capacity: half) {
                pointers in
                for place in 0..<half {
                    let lane = busy[min(place, busy.count - 1)]
                    pointers.initializeElement(at: place, to: data[lane])
                    for row in 0..<Self.words {
                        words[row * half + place] = state[row * count + lane]
                    }
                }
                howdah_sha256(Int32(half), words.baseAddress, pointers.baseAddress, blocks)
                for (place, lane) in busy.enumerated() {
                    data[lane] = pointers[place]
                    for row in 0..<Self.words {
                        state[row * count + lane] = words[row * half + place]
                    }
                }
            }
        }
    }

    /// Of a stream whose end was taken.
    public func digest(_ lane: Int) -> Digest {
        precondition(ready.indices.contains(lane) && ready[lane] == 0)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.words * 4)
        for row in 0..<Self.words {
            let word = state[row * count + lane]
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return Digest(algorithm: .sha256, bytes: bytes)
    }
}
