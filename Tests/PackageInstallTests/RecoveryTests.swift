import FoundationEssentials
import Support
import Testing

@testable import PackageInstall

/// A transaction that was cut off between its two packages.
@Suite(.enabled(if: isRoot, "librpm calls chroot, which takes root"))
struct RecoveryTests {
    private static func with(_ body: (SampleRepository) async throws -> Void) async throws {
        try await SampleRepository.with(["base-1.0-1.noarch", "app-1.0-1.noarch"]) { repository in
            _ = try await repository.install("app")
            let history = TransactionHistory(root: repository.root)
            var record = try #require(try history.last())
            try await Command.run(
                "rpm", ["--root", repository.root, "--dbpath", "/var/lib/rpm", "-e", "app"])
            record.result = .begun
            try history.write(record)
            try history.progress(of: record.number).add("base-1.0-1.noarch")
            try FileManager.default.removeItem(
                atPath: "\(repository.root)/var/cache/howdah/packages")
            _ = repository.requests.take()
            try await body(repository)
        }
    }

    @Test func `a package that the cache has lost is fetched again`() async throws {
        try await Self.with { repository in
            _ = try await repository.install("base")
            try await repository.expectInstalled(["app-1.0-1.noarch", "base-1.0-1.noarch"])
            #expect(repository.requests.take().contains("app-1.0-1.noarch.rpm"))
            let last = try TransactionHistory(root: repository.root).last()
            #expect(last?.result == .finishedLater)
        }
    }

    @Test func `one that its repository has lost too is told, once`() async throws {
        try await Self.with { repository in
            try FileManager.default.removeItem(
                atPath: "\(repository.directory)/app-1.0-1.noarch.rpm")
            let error = await #expect(throws: InstallError.self) {
                try await repository.install("base")
            }
            #expect(error.map { "\($0)".contains("no longer in the cache or its repos") } == true)
            let outcome = try await repository.install("base")
            #expect(outcome.unchanged == ["base-1.0-1.noarch"])
        }
    }
}
