import Digests
import FoundationEssentials
import Support
import Testing

@testable import PackageInstall

/// Repositories whose places a metalink names.
@Suite(.enabled(if: isRoot, "librpm calls chroot, which takes root"))
struct MetalinkTests {
    /// As MirrorManager answers Fedora's dnf.
    private static func text(
        _ places: [(preference: Int, url: String)], digest: Digest, older: [Digest] = []
    ) -> String {
        let urls = places.map { place in
            #"<url protocol="file" type="file" location="DE" preference="\#(place.preference)">"#
                + "\(place.url)/repodata/repomd.xml</url>"
        }.joined(separator: "\n")
        func verification(_ digest: Digest) -> String {
            """
            <mm0:timestamp>1700000000</mm0:timestamp><size>1</size><verification>
            <hash type="md5">d41d8cd98f00b204e9800998ecf8427e</hash>
            <hash type="\(digest.algorithm.rawValue)">\(digest.hex)</hash></verification>
            """
        }
        let alternates = older.map { "<mm0:alternate>\(verification($0))</mm0:alternate>" }
        return """
            <?xml version="1.0" encoding="utf-8"?>
            <metalink version="3.0" xmlns="http://www.metalinker.org/" type="dynamic"
             xmlns:mm0="http://fedorahosted.org/mirrormanager">
            <files><file name="repomd.xml">\(verification(digest))
            <mm0:alternates>\(alternates.joined())</mm0:alternates>
            <resources maxconnections="1">\(urls)</resources></file></files></metalink>
            """
    }

    private static func index(_ repository: SampleRepository) -> [UInt8] {
        readFile("\(repository.directory)/repodata/repomd.xml") ?? []
    }

    /// Installs `base` from where a metalink says.
    private static func install(
        _ repository: SampleRepository, _ metalink: String, urls: [String] = []
    ) async throws -> InstallOutcome {
        let file = "\(repository.work)/metalink"
        try write(metalink, to: file)
        var own = Repository(
            id: "acme", urls: urls, keys: [RepositoryKey(file: repository.keyPath)],
            checksMetadataSignature: false)
        own.metalink = "file://\(file)"
        return try await repository.installer([own]).install(InstallRequest(names: ["base"]))
    }

    @Test func `the preferred mirror is asked first, and one that does not answer is passed over`()
        async throws
    {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            let text = Self.text(
                [(1, repository.url), (100, "file:///nowhere"), (50, "rsync://host/x")],
                digest: .of(Self.index(repository)))
            let outcome = try await Self.install(repository, text)
            #expect(outcome.installed == ["base-1.0-1.noarch"])
        }
    }

    @Test func `a mirror whose index the metalink does not know is passed over`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            try await SampleRepository.with(["base-1.0-1.noarch", "app-1.0-1.noarch"]) { other in
                let text = Self.text(
                    [(100, other.url), (1, repository.url)], digest: .of(Self.index(repository)))
                let outcome = try await Self.install(repository, text)
                #expect(outcome.installed == ["base-1.0-1.noarch"])
                #expect(repository.requests.take().filter { $0.contains("repomd") }.count > 1)
            }
        }
    }

    @Test func `an index that no checksum fits is refused, and an older one that fits is not`()
        async throws
    {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            let foreign = Digest.of(Array("another".utf8))
            let wrong = Self.text([(1, repository.url)], digest: foreign)
            let error = await #expect(throws: TransportError.self) {
                try await Self.install(repository, wrong)
            }
            if case .wrongDigest(_, let expected, _) = error {
                #expect(expected == foreign)
            } else {
                Issue.record("unexpected: \(String(describing: error))")
            }
            let older = Self.text(
                [(1, repository.url)], digest: foreign, older: [.of(Self.index(repository))])
            let outcome = try await Self.install(repository, older)
            #expect(outcome.installed.count == 1)
        }
    }

    @Test func `a baseurl beside a metalink that cannot be read does`() async throws {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            await #expect(throws: InstallError.self) {
                try await Self.install(repository, "<html>busy</html>")
            }
            let outcome = try await Self.install(
                repository, "<html>busy</html>", urls: [repository.url])
            #expect(outcome.installed.count == 1)
        }
    }

    @Test func `a metalink of the network names no files of this machine`() {
        let urls = ["file:///etc/repodata/repomd.xml", "https://a/x/repodata/repomd.xml"]
        #expect(RepositoryMirrors.repositories(urls, of: "https://m/metalink") == ["https://a/x"])
        #expect(RepositoryMirrors.repositories(urls, of: "file:///m").count == 2)
    }
}
