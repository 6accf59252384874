import Digests
import FoundationEssentials
import Support
import Testing

/// A parser of bytes that others wrote, with what to try it on. A refusal (a thrown error) is
/// right; a crash, a hang, or a wrong result is not.
struct FuzzTarget: Sendable {
    var name: String
    var corpus: [[UInt8]]
    var words: [String] = []
    /// Throws where the bytes are refused.
    var run: @Sendable ([UInt8]) async throws -> Void
}

/// Runs targets on mutated inputs: some with a fixed seed as a test, or for as long as
/// `scripts/check --fuzz` says.
struct Fuzzer: Sendable {
    /// `HOWDAH_FUZZ_SECONDS`: how long each target runs; nil for the short run.
    let seconds: Double?
    /// `HOWDAH_FUZZ_SEED`.
    let seed: UInt64
    /// `HOWDAH_FUZZ_DIR`: each input is there before it is tried, for whoever looks at a crash.
    let folder: String?

    static let shortRun = 400
    static let slowSeconds = 20.0
    /// Bytes that the process may have needed at most, in a long run.
    static let maximumMemory = 1 << 30

    static let standard: Fuzzer = {
        let environment = ProcessInfo.processInfo.environment
        return Fuzzer(
            seconds: environment["HOWDAH_FUZZ_SECONDS"].flatMap { Double($0) },
            seed: environment["HOWDAH_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1,
            folder: environment["HOWDAH_FUZZ_DIR"])
    }()

    /// How many inputs were accepted, and how many refused.
    @discardableResult
    func run(_ target: FuzzTarget, iterations: Int = Fuzzer.shortRun) async throws
        -> (accepted: Int, refused: Int)
    {
        for input in target.corpus {
            await #expect(throws: Never.self, "\(target.name): a right input is refused") {
                try await target.run(input)
            }
        }
        let start = ContinuousClock.now
        let salt = Digest.of(Array(target.name.utf8)).bytes.prefix(8)
            .reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        var mutator = Mutator(
            random: SeededGenerator(seed: seed ^ salt), words: target.words.map { Array($0.utf8) },
            corpus: target.corpus)
        var (accepted, refused, count) = (0, 0, 0)
        while isGoing(count, iterations, start) {
            let input = mutator.next()
            if let folder { try writeFile("\(folder)/\(target.name)", input) }
            let began = ContinuousClock.now
            do {
                try await target.run(input)
                accepted += 1
            } catch {
                refused += 1
            }
            count += 1
            // Tests that run beside this one wait for its thread, and have deadlines.
            await Task.yield()
            if seconds != nil, (ContinuousClock.now - began) > .seconds(Fuzzer.slowSeconds) {
                Issue.record("\(target.name): input \(count) took \(ContinuousClock.now - began)")
            }
        }
        if seconds != nil {
            print("fuzz \(target.name): seed \(seed), \(accepted) accepted, \(refused) refused")
            #expect(Fuzzer.peakMemory < Fuzzer.maximumMemory, "\(target.name)")
        }
        return (accepted, refused)
    }

    private func isGoing(_ count: Int, _ iterations: Int, _ start: ContinuousClock.Instant) -> Bool
    {
        guard let seconds else { return count < iterations }
        return ContinuousClock.now - start < .seconds(seconds)
    }

    /// Bytes of memory that the process has had at once.
    static var peakMemory: Int {
        let status = String(decoding: readFile("/proc/self/status") ?? [], as: UTF8.self)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let words = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }) ?? []
        return words.count > 1 ? (Int(words[1]) ?? 0) << 10 : 0
    }
}
