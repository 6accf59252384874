import Support
import Testing

/// The units in a machine with systemd. Needs root and a tree to boot.
@Suite(.enabled(if: ContainerTree.whyNot == nil)) struct UnitContainerTests {
    @Test func `a container boots, runs programs, and is gone without a trace`() async throws {
        try await BootedContainer.with(tree: ContainerTree.base.path()) { container in
            try container.put("a word", at: "/srv/word")
            #expect(try await container.start() == "running")
            #expect(try await container.run("cat", "/srv/word").output == "a word")
            #expect(try await container.run("sh", "-c", "exit 7", mayFail: true).exitCode == 7)
            try await container.powerOff()
            #expect(try await container.start() == "running")
            await container.cutPower()
        }
    }
}
