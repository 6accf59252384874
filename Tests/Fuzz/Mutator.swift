import Support

/// Makes wrong inputs of right ones.
struct Mutator {
    var random: SeededGenerator
    /// Words of the format, which chance would not find.
    let words: [[UInt8]]
    let corpus: [[UInt8]]

    static let maximumSize = 1 << 20
    /// Numbers at whose edge parsers go wrong.
    static let edges: [UInt32] = [
        0, 1, 2, 7, 8, 15, 16, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000,
        0x0FFF_FFFF, 0x1000_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF0, 0xFFFF_FFFF,
    ]

    mutating func next() -> [UInt8] {
        var bytes = corpus.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            mutate(&bytes)
        }
        return Array(bytes.prefix(Mutator.maximumSize))
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else {
            bytes = words.randomElement(using: &random) ?? [0]
            return
        }
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
            bytes[place(bytes)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1:
            bytes[place(bytes)] = UInt8.random(in: .min ... .max, using: &random)
        case 2:
            bytes.removeSubrange(run(bytes))
        case 3:
            bytes.removeLast(bytes.count - place(bytes))
        case 4:
            let piece = Array(bytes[run(bytes)])
            bytes.insert(contentsOf: piece, at: place(bytes))
        case 5:
            let word = words.randomElement(using: &random) ?? [0]
            bytes.insert(contentsOf: word, at: place(bytes))
        case 6:
            let word = words.randomElement(using: &random) ?? [0]
            overwrite(&bytes, word)
        case 7, 8:
            let edge = Mutator.edges.randomElement(using: &random) ?? 0
            let offset = UInt32.random(in: 0...2, using: &random)
            let number = Bool.random(using: &random) ? edge &+ offset : edge &- offset
            overwrite(&bytes, (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) })
        default:
            let other = corpus.randomElement(using: &random) ?? []
            guard !other.isEmpty else { return }
            bytes = Array(bytes[..<place(bytes)] + other[place(other)...])
        }
    }

    private mutating func place(_ bytes: [UInt8]) -> Int {
        // Headers are at the beginning: half of all changes go there.
        let isEarly = Bool.random(using: &random)
        let bound = isEarly ? min(bytes.count, 512) : bytes.count
        return Int.random(in: 0..<max(bound, 1), using: &random)
    }

    private mutating func run(_ bytes: [UInt8]) -> Range<Int> {
        let start = place(bytes)
        let most = min(bytes.count - start, Bool.random(using: &random) ? 8 : 4096)
        return start..<(start + Int.random(in: 0...most, using: &random))
    }

    private mutating func overwrite(_ bytes: inout [UInt8], _ word: [UInt8]) {
        let start = place(bytes)
        let end = min(bytes.count, start + word.count)
        bytes.replaceSubrange(start..<end, with: word)
    }
}
