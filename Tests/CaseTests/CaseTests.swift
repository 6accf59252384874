import Support
import Testing

/// What can be wrong, or odd, around a boot: each a folder of `Tests/Cases`, run with the program
/// as it is, under systemd. Needs root, loop devices and a tree to boot.
@Suite(.enabled(if: NodeContainer.whyNot == nil)) struct CaseTests {
    @Test(.timeLimit(.minutes(20)), arguments: BootCase.all)
    func `a boot ends as its case says`(_ boots: BootCase) async throws {
        #expect(!boots.plan.boots.isEmpty, "\(boots.plan.about)")
        try await CaseMachine.run(boots)
    }

    @Test func `there are cases`() {
        #expect(BootCase.all.count >= 40)
    }
}
