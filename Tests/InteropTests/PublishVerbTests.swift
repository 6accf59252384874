import Digests
import RepoMetadata
import RepoPublish
import Support
import Testing

/// add, remove, prune and rollback on a published repository.
@Suite struct PublishVerbTests {
    @Test func `packages are added, pruned and removed without reading any`() async throws {
        let packages = ["1", "2", "10"].map { RPMBuilder.Package("one", version: $0) }
        try await withDirectories(packages) { directories in
            let store = RecordingStore()
            try await publish(directories[0], store)
            for (directory, version) in zip(directories, ["1", "2", "10"]).dropFirst() {
                try await add(["\(directory)/one-\(version)-1.noarch.rpm"], to: store)
            }
            #expect(try await names(store).count == 3)
            #expect(try await verify(store).problems == [])
            let pruned = try await run(
                PruneChange(store: store.name, keep: 1, builtBefore: nil, atMost: 10), store)
            #expect(pruned.removed == ["one-1-1.noarch", "one-2-1.noarch"])
            #expect(store.objects["one-1-1.noarch.rpm"] != nil)
            let removed = try await run(
                RemoveChange(
                    store: store.name, patterns: [PackagePattern("on?")], atMost: 10), store)
            #expect(removed.packages == 0)
            #expect(try await names(store) == [])
            #expect(try await verify(store).problems == [])
        }
    }

    @Test func `a damaged package is not added`() async throws {
        try await withDirectories([.init("one"), .init("two")]) { directories in
            let store = RecordingStore()
            try await publish(directories[0], store)
            store.clear()
            let path = directories[1] + "/two-1.0-1.noarch.rpm"
            try writeFile(path, try readWhole(path).dropLast())
            await #expect(throws: (any Error).self) { try await add([path], to: store) }
            #expect(store.puts == [])
        }
    }

    @Test func `a removal whose answer got lost is done when it is found done`() async throws {
        try await withDirectories([.init("one"), .init("two")]) { directories in
            let store = RecordingStore()
            try await publish(directories[0], store)
            try await publish(directories[1], store)
            let change = RemoveChange(
                store: store.name, patterns: [PackagePattern("one")], atMost: 10)
            store.before("repodata/repomd.xml") { _ = try await run(change, store, at: 2000) }
            let outcome = try await run(change, store)
            #expect(outcome.attempts == 2)
            #expect(try await names(store) == ["two"])
        }
    }

    /// The same steps on 3 and on 300 packages.
    @Test func `the number of requests does not grow with the repository`() async throws {
        try await withDirectories([.init("new")]) { directories in
            let package = directories[0] + "/new-1.0-1.noarch.rpm"
            var counts: [[Int]] = []
            for size in [3, 300] {
                let store = RecordingStore()
                try fill(store, packages: size)
                var requests: [Int] = []
                func counted(_ body: () async throws -> Void) async throws {
                    store.clear()
                    try await body()
                    #expect(store.lists == 0)
                    requests.append(store.requests)
                }
                try await counted { try await add([package], to: store) }
                try await counted {
                    let patterns = [PackagePattern("p0")]
                    _ = try await run(
                        RemoveChange(store: store.name, patterns: patterns, atMost: 5), store)
                }
                try await counted {
                    _ = try await run(
                        PruneChange(store: store.name, keep: 1, builtBefore: nil, atMost: 5),
                        store)
                }
                try await counted {
                    _ = try await Rollback(store: store, settings: settings())
                        .run(to: nil, isDryRun: false)
                }
                counts.append(requests)
            }
            #expect(counts[0] == counts[1])
            #expect(counts[0].allSatisfy { $0 <= 16 }, "\(counts)")
        }
    }

    /// An index of packages that are not there, one of them in two versions.
    private func fill(_ store: RecordingStore, packages: Int) throws {
        var added: [(PackageRecord, PackagePieces)] = []
        for number in 0..<(packages - 1) { added.append(try Self.package("p\(number)", "1")) }
        added.append(try Self.package("p1", "2"))
        let state = try RepositoryState.empty.changing(remove: [], add: added)
        let snapshot = try state.snapshot(SnapshotOptions(time: 1))
        for file in snapshot.files { store.set(file.path, file.bytes) }
        store.set("repodata/repomd.xml", snapshot.repomd.bytes)
    }

    private static func package(
        _ name: String, _ version: String
    ) throws -> (PackageRecord, PackagePieces) {
        var package = Package(
            digest: Digest.of(Array("\(name) \(version)".utf8)),
            location: Array("\(name)-\(version)-1.noarch.rpm".utf8))
        package.name = Array(name.utf8)
        package.arch = Array("noarch".utf8)
        package.evr.version = Array(version.utf8)
        package.evr.release = Array("1".utf8)
        return (PackageRecord(package), try PackagePieces(package))
    }
}

@discardableResult
func add(_ paths: [String], to store: any ObjectStore) async throws -> PublishOutcome {
    let offer = try await PackageFiles.offer(paths, folder: "", changelogLimit: 10, workers: 2)
    return try await run(MergeChange(verb: "add", store: store.name, offer: offer), store)
}

func run(
    _ change: any RepositoryChange, _ store: any ObjectStore
) async throws -> PublishOutcome {
    try await ChangeRun(store: store, change: change, settings: settings()).run()
}
