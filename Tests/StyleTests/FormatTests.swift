import Subprocess
import Testing

@Suite struct FormatTests {
    @Test func `the formatter would change nothing`() async throws {
        let root = SourceTree.root
        let places = ["Package.swift", "Sources", "Tests"].map { "\(root)/\($0)" }
        let result = try await run(
            .name("swift"),
            arguments: .init(["format", "lint", "--strict", "--parallel", "--recursive"] + places),
            output: .discarded, error: .string(limit: 1 << 20))
        #expect(
            result.terminationStatus.isSuccess,
            """
            run 'swift format --in-place --parallel --recursive Package.swift Sources Tests':
            \(result.standardError)
            """)
    }
}
