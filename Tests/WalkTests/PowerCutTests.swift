import LocalCloud
import Support
import Testing

/// Invariant 6 of docs/design.md: whenever the power goes, the next boot ends in the same tree and
/// state as if nothing had happened.
@Suite(.serialized) struct PowerCutTests {
    /// Nodes that are cut at the same time.
    static let workers = 4
    /// After the end of a boot that was not cut.
    static let marginMilliseconds = 500

    @Test(
        .enabled(if: Walk.isContainerPossible, "needs root, systemd-nspawn and mmdebstrap"),
        .timeLimit(.minutes(80)))
    func `a boot whose power is cut ends as one whose power was not`() async throws {
        let settings = PowerCutSettings.fromEnvironment()
        try await PowerCutLab.with { lab in
            let (reference, steps, span) = try await undisturbed(lab)
            let cuts =
                PowerCut.boundaries(of: steps)
                + PowerCut.random(
                    settings.count, seed: settings.seed,
                    withinMilliseconds: span + Self.marginMilliseconds)
            print(
                "power cuts: \(cuts.count - settings.count) at the steps' ends, \(settings.count) "
                    + "within \(span + Self.marginMilliseconds) ms from seed \(settings.seed)")
            let failed = await Self.inParallel(cuts) { number, cut in
                let name = "slave-\(number + 10)"
                do {
                    return try await lab.boot(name, cut: cut).differences(from: reference)
                } catch {
                    return ["\(error)"]
                }
            }
            for (cut, differences) in failed {
                Issue.record(
                    "\(cut), seed \(settings.seed): \(differences.joined(separator: "\n"))")
            }
            print("power cuts: \(cuts.count - failed.count) of \(cuts.count) ended the same")
        }
    }

    /// What a node is after a boot, and after another one; the names of its steps, and the time
    /// from the power-on to the boot's end, milliseconds.
    private func undisturbed(
        _ lab: PowerCutLab
    ) async throws -> (NodeTree, [String], Int) {
        let start = ContinuousClock.now
        try await lab.operations.launch("slave-1")
        let status = try await lab.booted("slave-1")
        let span = Int((ContinuousClock.now - start) / .milliseconds(1))
        #expect(status.stage == "done")
        let reference = try await lab.tree("slave-1")
        #expect(reference.packages.contains { $0.hasPrefix("tally-data-1.0") })
        #expect(reference.mounts == ["/data xfs"])
        try await lab.operations.reboot("slave-1")
        _ = try await lab.booted("slave-1")
        let again = try await lab.tree("slave-1")
        #expect(again.differences(from: reference) == [])
        try await lab.operations.terminate("slave-1")
        return (reference, status.steps.map(\.name), span)
    }

    /// Those that ended otherwise, in order.
    private static func inParallel(
        _ cuts: [PowerCut],
        _ body: @escaping @Sendable (Int, PowerCut) async -> [String]
    ) async -> [(PowerCut, [String])] {
        await withTaskGroup(of: (Int, [String]).self) { group in
            var failed: [(Int, [String])] = []
            for (number, cut) in cuts.enumerated() {
                if number >= workers, let ended = await group.next(), !ended.1.isEmpty {
                    failed.append(ended)
                }
                group.addTask { (number, await body(number, cut)) }
            }
            for await ended in group where !ended.1.isEmpty { failed.append(ended) }
            return failed.sorted { $0.0 < $1.0 }.map { (cuts[$0.0], $0.1) }
        }
    }
}
