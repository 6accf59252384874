import Host
import Node
import PanelAPI
import Support
import Testing

@testable import LocalCloud

/// Against what howdah-node itself writes.
@Suite struct BootOutcomeTests {
    static func outcome(_ state: BootState) async throws -> BootOutcome? {
        try await withTemporaryDirectory { directory in
            let files = Files(root: directory)
            try StateStore(files: files).keep(state)
            return try JSONFile.read(BootOutcome.self, from: BootOutcome.path, in: files)
        }
    }

    @Test func `a boot that failed says in which step`() async throws {
        var state = BootState(bootID: "b")
        #expect(try await Self.outcome(state)?.failure == nil)
        let steps: [(String, StepReport.Outcome)] = [("identity", .done), ("enrolment", .failed)]
        state.steps = steps.map {
            StepReport(
                name: $0.0, outcome: $0.1, startSeconds: 0, seconds: 1, detail: "waited 60 s")
        }
        state.stage = .degraded
        #expect(try await Self.outcome(state)?.failure == nil)
        state.stage = .failed
        #expect(try await Self.outcome(state)?.failure == "in step 'enrolment': waited 60 s")
    }
}
