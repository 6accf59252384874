import Glibc

/// When a node's power is cut, counted from its first process's start.
enum PowerCut: Sendable, Equatable, CustomStringConvertible {
    /// As soon as the node's state says that the step began, or ended.
    case begin(of: String)
    case end(of: String)
    case at(milliseconds: Int)

    var description: String {
        switch self {
        case .begin(let step): "at the begin of '\(step)'"
        case .end(let step): "at the end of '\(step)'"
        case .at(let time): "after \(time) ms"
        }
    }

    /// Both ends of each step of a boot that went well. The report's end is the boot's.
    static func boundaries(of steps: [String]) -> [PowerCut] {
        steps.flatMap { [.begin(of: $0), .end(of: $0)] }
    }

    /// Moments that a seed gives, from the first process's start to a little after the boot's end.
    static func random(_ count: Int, seed: UInt64, withinMilliseconds span: Int) -> [PowerCut] {
        var generator = SplitMix64(state: seed)
        return (0..<count).map { _ in .at(milliseconds: Int.random(in: 0...span, using: &generator))
        }
    }
}

/// How many cuts, and from which seed; `scripts/check --crash` asks for more.
struct PowerCutSettings: Sendable {
    static let fewest = 15
    static let most = 1000

    var count: Int
    var seed: UInt64

    static func fromEnvironment() -> PowerCutSettings {
        func number(_ name: String) -> UInt64? {
            getenv(name).flatMap { UInt64(String(cString: $0)) }
        }
        let count = number("HOWDAH_CUTS").map { Int(min($0, UInt64(most))) } ?? fewest
        let seed = number("HOWDAH_CUT_SEED") ?? UInt64.random(in: 0..<1_000_000)
        return PowerCutSettings(count: count, seed: seed)
    }
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014: the same numbers
/// for a seed everywhere.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
