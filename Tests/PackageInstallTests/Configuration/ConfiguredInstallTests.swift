import Digests
import FoundationEssentials
import Support
import Synchronization
import Testing
import Transfer

@testable import PackageInstall

/// What a repository's options do to an installation.
@Suite(.enabled(if: isRoot, "librpm calls chroot, which takes root"))
struct ConfiguredInstallTests {
    @Test func `where one place does not answer, the next one does`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            let installer = repository.installer { own in
                own.urls = ["file:///nowhere", "file://\(repository.work)/gone", repository.url]
            }
            let outcome = try await installer.install(InstallRequest(names: ["base"]))
            #expect(outcome.installed == ["base-1.0-1.noarch"])
        }
    }

    @Test func `places come from a list of mirrors too`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            let list = "\(repository.work)/mirrors"
            try write("# mirrors\nfile:///nowhere\n\(repository.url)\n", to: list)
            let mirrored = Repository(
                id: "acme", urls: [], mirrorList: "file://\(list)",
                keys: [RepositoryKey(file: repository.keyPath)])
            let outcome = try await repository.installer([mirrored])
                .install(InstallRequest(names: ["base"]))
            #expect(outcome.installed == ["base-1.0-1.noarch"])
        }
    }

    @Test func `an index is asked for again only when it has expired`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch", "app-1.0-1.noarch"]) { repository in
            var installer = repository.installer { $0.expiry = .after(seconds: 3600) }
            let request = InstallRequest(names: ["app"], isDryRun: true)
            _ = try await installer.install(request)
            #expect(repository.requests.take().contains("repodata/repomd.xml"))
            let again = try await installer.install(request)
            #expect(again.installed.count == 2)
            #expect(repository.requests.take() == [])
            installer.now = { .max }
            _ = try await installer.install(request)
            #expect(repository.requests.take().contains("repodata/repomd.xml"))
        }
    }

    @Test func `an index of the cache that was changed is read anew`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            let installer = repository.installer { $0.expiry = .never }
            let request = InstallRequest(names: ["base"], isDryRun: true)
            _ = try await installer.install(request)
            let folder = "\(repository.root)/var/cache/howdah/index"
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            let index = try #require(names.first { $0.hasSuffix(".xml") })
            try write("<repomd/>", to: "\(folder)/\(index)")
            _ = repository.requests.take()
            #expect(try await installer.install(request).installed.count == 1)
            #expect(repository.requests.take().contains("repodata/repomd.xml"))
        }
    }

    @Test func `what libsolv keeps may be broken, and is made anew`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            let request = InstallRequest(names: ["base"], isDryRun: true)
            _ = try await repository.installer().install(request)
            let folder = "\(repository.root)/var/cache/howdah/metadata"
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            let kept = try #require(names.first { $0.hasSuffix(".solv") })
            try write("SOLV, or not", to: "\(folder)/\(kept)")
            #expect(try await repository.installer().install(request).installed.count == 1)
        }
    }

    @Test func `the lower priority number wins over the newer version`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch", "app-1.0-1.noarch"]) { repository in
            try await SampleRepository.with(["app-2.0-1.noarch"]) { other in
                let request = InstallRequest(names: ["app"], isDryRun: true)
                for (priority, expected) in [(10, "app-1.0-1.noarch"), (99, "app-2.0-1.noarch")] {
                    var own = repository.repository
                    own.priority = Int32(priority)
                    let second = Repository(
                        id: "other", url: other.url, keyPaths: [other.keyPath])
                    let outcome = try await repository.installer([own, second]).install(request)
                    #expect(outcome.installed.contains(expected), "\(priority)")
                }
            }
        }
    }

    @Test func `a repository that may be missing is left out with a note`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            var gone = Repository(
                id: "gone", url: "file:///nowhere", keyPaths: [repository.keyPath])
            let request = InstallRequest(names: ["base"])
            let strict = repository.installer([gone, repository.repository])
            await #expect(throws: TransportError.self) { try await strict.install(request) }
            gone.isSkippable = true
            let outcome = try await repository.installer([gone, repository.repository])
                .install(request)
            #expect(outcome.installed == ["base-1.0-1.noarch"])
            #expect(outcome.notes.first?.hasPrefix("repository 'gone' is left out: ") == true)
        }
    }

    @Test func `a key that is fetched must have its fingerprint`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            let right = repository.packages.key.fingerprint.lowercased()
            let wrong = repository.packages.foreignKey.fingerprint.lowercased()
            for (fingerprint, works) in [(wrong, false), (right, true)] {
                let key = RepositoryKey(
                    url: "file://\(repository.keyPath)", fingerprint: fingerprint)
                let source = Repository(id: "acme", urls: [repository.url], keys: [key])
                let installer = repository.installer([source])
                let request = InstallRequest(names: ["base"])
                if works {
                    let outcome = try await installer.install(request)
                    #expect(outcome.installed.count == 1)
                } else {
                    let error = await #expect(throws: InstallError.self) {
                        try await installer.install(request)
                    }
                    #expect(error.map { "\($0)".contains(right) } == true)
                }
            }
        }
    }

    @Test func `a repository that is published while it is read is read again`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch", "app-1.0-1.noarch"]) { repository in
            let publishing = Republished(repository: repository)
            let source = repository.repository
            var installer = Installer(root: repository.root, repositories: [source]) { _, url in
                RepublishingTransport(
                    base: WebTransport(url: url, client: TransferClient(), retry: .none),
                    published: publishing)
            }
            installer.clock = ImmediateClock()
            let outcome = try await installer.install(InstallRequest(names: ["app"]))
            #expect(outcome.installed == ["base-1.0-1.noarch", "app-2.0-1.noarch"])
            #expect(publishing.isDone)
        }
    }
}

/// Publishes another version, without the first one, when the first package is asked for.
private final class Republished: Sendable {
    private let repository: SampleRepository
    private let done = Mutex(false)

    init(repository: SampleRepository) { self.repository = repository }

    var isDone: Bool { done.withLock { $0 } }

    func now() async throws {
        let isFirst = done.withLock { done in
            defer { done = true }
            return !done
        }
        guard isFirst else { return }
        let old = "\(repository.directory)/app-1.0-1.noarch.rpm"
        try FileManager.default.removeItem(atPath: old)
        try await repository.publish(["app-2.0-1.noarch"])
    }
}

private struct RepublishingTransport: RepositoryTransport {
    let base: any RepositoryTransport
    let published: Republished

    func fetch(_ path: String, limit: Int) async throws -> [UInt8] {
        try await base.fetch(path, limit: limit)
    }

    func download(
        _ path: String, to destination: String, digest: Digest, size: Int64?
    ) async throws -> Int64 {
        if path.hasPrefix("app-1.0") { try await published.now() }
        return try await base.download(path, to: destination, digest: digest, size: size)
    }
}
