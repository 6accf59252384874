import Cluster
import FoundationEssentials
import Testing

/// Cluster files with random damage. The seed of a failure is in its arguments.
@Suite struct MutationTests {
    private static let example = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "images/local/cluster.yaml")

    @Test(arguments: 1...40)
    func `a damaged file is read, or refused with a line that it has`(seed: UInt64) throws {
        var random = Xorshift(state: seed)
        let original = try Array(Data(contentsOf: Self.example))
        for _ in 0..<25 {
            let bytes = damaged(original, &random)
            let lines = bytes.count { $0 == 0x0a || $0 == 0x0d } + 1
            do {
                let file = try ClusterFile.parse(bytes, file: "f")
                let again = try ClusterFile.parse(Array(file.canonicalText.utf8), file: "f")
                #expect(again == file)
            } catch {
                #expect((1...lines).contains(error.line), "\(error)")
            }
        }
    }

    private func damaged(_ bytes: [UInt8], _ random: inout Xorshift) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int.random(in: 0...3, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, place + Int.random(in: 1...40, using: &random))
            switch Int.random(in: 0...3, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
            default:
                let marks = Array("[]{}:,-#&*!|>'\"%@`\t\n\\ ".utf8)
                bytes.insert(marks.randomElement(using: &random) ?? 0, at: place)
            }
        }
        return bytes
    }
}

/// Marsaglia's xorshift64: the same numbers from the same seed, everywhere.
private struct Xorshift: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
