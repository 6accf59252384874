import FoundationEssentials
import PackageInstall
import RPM
import Support
import Testing

/// Disks that are too small, each a tmpfs.
@Suite(.enabled(if: isRoot, "mount(2) takes root"))
struct FullDiskTests {
    @Test func `a cache that has no room for the packages is told before they are fetched`()
        async throws
    {
        try await SampleRepository.with(["bulky-1.0-1.noarch"]) { repository in
            let cache = "\(repository.root)/var/cache/howdah"
            try await Self.with(tmpfs: cache, size: "128k") {
                let error = await #expect(throws: InstallError.self) {
                    try await repository.install("bulky")
                }
                guard case .noRoom(_, let needed, let free) = error else {
                    Issue.record("unexpected: \(String(describing: error))")
                    return
                }
                #expect(needed > free && free < 128 << 10)
                let asked = repository.requests.take()
                #expect(!asked.contains { $0.hasSuffix(".rpm") })
                try await repository.expectInstalled([])
            }
            // With room again, the same call does it.
            #expect(try await repository.install("bulky").installed.count == 1)
        }
    }

    @Test func `a root that has no room is told by librpm, and stays as it was`() async throws {
        try await SampleRepository.with(["roomy-1.0-1.noarch"]) { repository in
            try await Self.with(tmpfs: repository.root, size: "2m") {
                let error = await #expect(throws: TransactionError.self) {
                    try await repository.install("roomy")
                }
                let text = error.map { "\($0)" } ?? ""
                #expect(text.contains("more space on the / filesystem"), "\(text)")
                #expect(!text.contains("\n"))
                let file = "\(repository.root)/usr/share/roomy/data"
                #expect(!FileManager.default.fileExists(atPath: file))
                try await repository.expectInstalled([])
            }
        }
    }

    private static func with(
        tmpfs path: String, size: String, _ body: () async throws -> Void
    ) async throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try await Command.run("mount", ["-t", "tmpfs", "-o", "size=\(size)", "tmpfs", path])
        do {
            try await body()
        } catch {
            try await Command.run("umount", [path])
            throw error
        }
        try await Command.run("umount", [path])
    }
}
