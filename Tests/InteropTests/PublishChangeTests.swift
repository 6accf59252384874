import Digests
import RepoMetadata
import RepoPublish
import Testing

/// What verbs decide, given what is there.
@Suite struct PublishChangeTests {
    static func record(
        _ name: String, _ version: String = "1", epoch: String = "0", arch: String = "noarch",
        built: Int64 = 0, at path: String? = nil
    ) -> PackageRecord {
        let location = path ?? "\(name)-\(version)-1.\(arch).rpm"
        return PackageRecord(
            name: Array(name.utf8), arch: Array(arch.utf8),
            evr: EVR(
                epoch: Array(epoch.utf8), version: Array(version.utf8), release: Array("1".utf8)),
            location: Array(location.utf8),
            digest: Digest.of(Array("\(name) \(version) \(epoch) \(arch)".utf8)), size: 1,
            fileTime: 0, buildTime: built)
    }

    @Test func `the newest versions of each name and architecture stay, in rpm's order`() throws {
        let records = [
            Self.record("a", "1.9"), Self.record("a", "1.10"), Self.record("a", "1.10~rc1"),
            Self.record("a", "0.1", epoch: "1"), Self.record("a", "1.0", arch: "src"),
            Self.record("b", "5"),
        ]
        let one = PruneChange(store: "s", keep: 1, builtBefore: nil, atMost: 100)
        #expect(try one.edit(records).remove == [0, 1, 2])
        let two = PruneChange(store: "s", keep: 2, builtBefore: nil, atMost: 100)
        #expect(try two.edit(records).remove == [0, 2])
        let limited = PruneChange(store: "s", keep: 1, builtBefore: nil, atMost: 2)
        #expect(throws: PublishError.tooManyRemoved(store: "s", count: 3, limit: 2)) {
            try limited.edit(records)
        }
    }

    @Test func `young packages stay, and one version under two paths counts once`() throws {
        let records = [
            Self.record("a", "1", built: 50), Self.record("a", "2", built: 200),
            Self.record("a", "3", built: 300), Self.record("a", "3", built: 300, at: "x/a.rpm"),
        ]
        let change = PruneChange(store: "s", keep: 1, builtBefore: 100, atMost: 100)
        #expect(try change.edit(records).remove == [0])
    }

    @Test(arguments: [
        ("a", [0, 1]), ("a-1", [0]), ("a-1-1", [0]), ("a-1-1.noarch", [0]), ("a.x86_64", [1]),
        ("a-2:2-1.x86_64", [1]), ("a-0:1-1", [0]), ("*", [0, 1, 2]), ("a*", [0, 1, 2]),
        ("a?c", [2]), ("a[a-c]c", [2]), ("a[!b]c", []), ("*-2-*", [1]), ("b", []), ("", []),
        ("a-*.rpm", []),
    ])
    func `packages are named as dnf takes them`(pattern: String, expected: [Int]) {
        let records = [
            Self.record("a"), Self.record("a", "2", epoch: "2", arch: "x86_64"),
            Self.record("abc", "3"),
        ]
        let found = records.indices.filter { PackagePattern(pattern).matches(records[$0]) }
        #expect(found == expected)
    }

    @Test func `a pattern that matches nothing is an error`() throws {
        let change = RemoveChange(
            store: "s", patterns: [PackagePattern("a"), PackagePattern("none")], atMost: 10)
        #expect(throws: PublishError.noMatch(store: "s", pattern: "none")) {
            try change.edit([Self.record("a")])
        }
    }

    @Test func `a merge adds what is missing and takes out what it deletes`() throws {
        let offer = PackageOffer(
            records: [Self.record("a"), Self.record("b")],
            origins: [.elsewhere, .elsewhere]
        ) { _ in [] }
        let plain = MergeChange(verb: "publish", store: "s", offer: offer)
        let there = [Self.record("b"), Self.record("c")]
        #expect(try plain.edit(there) == RepositoryEdit(add: [0]))
        let deleting = try MergeChange(
            verb: "publish", store: "s", offer: offer, deletingAtMost: 5
        ).begun(seeing: there)
        // `d` came in the meantime.
        #expect(
            try deleting.edit(there + [Self.record("d")]) == RepositoryEdit(remove: [1], add: [0]))
        let other = [Self.record("z", at: "a-1-1.noarch.rpm")]
        #expect(throws: PublishError.otherContent(store: "s", path: "a-1-1.noarch.rpm")) {
            try plain.edit(other)
        }
    }
}
