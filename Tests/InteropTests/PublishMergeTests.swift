import Digests
import RepoMetadata
import RepoPublish
import Support
import Testing

/// Several publishers and one repository.
@Suite struct PublishMergeTests {
    static let repomd = "repodata/repomd.xml"

    @Test func `what is published is added to what is there`() async throws {
        try await withDirectories([.init("one"), .init("two")]) { directories in
            let store = RecordingStore()
            try await publish(directories[0], store)
            let outcome = try await publish(directories[1], store, at: 1000)
            #expect(outcome.added == ["two-1.0-1.noarch"])
            #expect(outcome.removed == [])
            #expect(outcome.packages == 2)
            // Later also within the same second.
            #expect(outcome.revision == "1001")
            #expect(try await names(store) == ["one", "two"])
            #expect(try await verify(store).problems == [])
            #expect(!(try await publish(directories[0], store)).isChanged)
        }
    }

    @Test func `checksums that protect nothing are for who asks for them alone`() async throws {
        try await withTemporaryDirectory { directory in
            let store = RecordingStore()
            for name in ["one", "two"] {
                var options = IndexOptions()
                options.format.checksum = .sha
                options.format.metadataChecksum = .sha
                try await RPMBuilder(directory: "\(directory)/\(name)").build(.init(name))
                try await index("\(directory)/\(name)", options)
                try await publish("\(directory)/\(name)", store)
            }
            let report = try await verify(store)
            // Of the metadata and of the packages; nothing else is wrong.
            #expect(report.problems.count == 2 && report.packages == 2)
            #expect(report.problems.allSatisfy { $0.reason.contains("have sha checksums") })
            let repomd = try #require(store.objects[Self.repomd])
            #expect(String(decoding: repomd, as: UTF8.self).contains("<checksum type=\"sha\">"))
            // Nodes do not install by them.
            #expect(throws: RepomdError.self) { try RepomdIndex(reading: repomd) }
        }
    }

    @Test func `a directory that is the whole again is published as it is`() async throws {
        try await withDirectories([.init("one"), .init("two")]) { directories in
            let store = RecordingStore()
            try await publish(directories[0], store)
            try await RPMBuilder(directory: directories[0]).build(.init("three"))
            try await index(directories[0], at: 5000)
            try await publish(directories[0], store)
            #expect(
                try store.objects[Self.repomd] == readWhole("\(directories[0])/\(Self.repomd)"))
        }
    }

    @Test func `who comes second takes the first one's packages in`() async throws {
        let packages: [RPMBuilder.Package] = [.init("one"), .init("two"), .init("three")]
        try await withDirectories(packages) { directories in
            let store = RecordingStore()
            try await publish(directories[0], store)
            store.before(Self.repomd) { try await publish(directories[1], store) }
            let outcome = try await publish(directories[2], store)
            #expect(outcome.attempts == 2)
            #expect(try await names(store) == ["one", "three", "two"])
            #expect(try await verify(store).problems == [])
            #expect(store.puts.filter { $0.path == "three-1.0-1.noarch.rpm" }.count == 1)
        }
    }

    @Test func `what others add while packages go stays`() async throws {
        let packages: [RPMBuilder.Package] = [.init("old"), .init("late"), .init("new")]
        try await withDirectories(packages) { directories in
            let store = RecordingStore()
            try await publish(directories[0], store)
            store.before(Self.repomd) { try await publish(directories[1], store) }
            let outcome = try await publish(directories[2], store, deletingAtMost: 1)
            #expect(outcome.removed == ["old-1.0-1.noarch"])
            #expect(try await names(store) == ["late", "new"])
            // The package itself stays for readers of the old index.
            #expect(store.objects["old-1.0-1.noarch.rpm"] != nil)
        }
    }

    @Test func `no more packages go than the limit says`() async throws {
        try await withDirectories([.init("one"), .init("two")]) { directories in
            let store = RecordingStore()
            try await publish(directories[0], store)
            store.clear()
            let error = PublishError.tooManyRemoved(store: store.name, count: 1, limit: 0)
            await #expect(throws: error) {
                try await publish(directories[1], store, deletingAtMost: 0)
            }
            #expect("\(error)".contains("--max-delete 1"))
            #expect(store.puts == [])
        }
    }

    @Test func `the same package under another path takes its place only if it is said`()
        async throws
    {
        try await withDirectories([.init("one")]) { directories in
            let store = RecordingStore()
            try await publish(directories[0], store)
            let package = directories[0] + "/one-1.0-1.noarch.rpm"
            for replaces in [false, true] {
                let offer = try await PackageFiles.offer(
                    [package], folder: "new/place", changelogLimit: 10, workers: 1)
                let change = MergeChange(
                    verb: "add", store: store.name, offer: offer, replaces: replaces)
                _ = try await ChangeRun(store: store, change: change, settings: settings()).run()
                let paths = try await records(store).map {
                    String(decoding: $0.location, as: UTF8.self)
                }
                let new = "new/place/one-1.0-1.noarch.rpm"
                #expect(Set(paths) == (replaces ? [new] : [new, "one-1.0-1.noarch.rpm"]))
            }
        }
    }

    @Test func `a merged state of a signed repository needs the key`() async throws {
        try await withSignedRepository { directory, key in
            let store = RecordingStore()
            try await publish(directory, store)
            let built = parent(directory) + "/more"
            try await RPMBuilder(directory: built).build(.init("more"))
            try await index(built, IndexOptions(keyFile: key))
            store.clear()
            await #expect(throws: PublishError.needsKey(store: store.name)) {
                try await publish(built, store)
            }
            #expect(store.puts == [])
            try await publish(built, store, key: key)
            #expect(try await names(store) == ["more", "one", "three", "two"])
            let report = try await RepositoryVerifier(
                store: store, isDeep: false, keyFiles: [parent(directory) + "/public.asc"]
            ).run()
            #expect(report.problems == [])
            #expect(report.isSignatureChecked)
        }
    }

    @Test func `groups stay where the directory has none, and are replaced where it has`()
        async throws
    {
        try await withDirectories([.init("one"), .init("two")]) { directories in
            let store = RecordingStore()
            var options = IndexOptions()
            options.extra.additions = [
                .init(
                    type: "group",
                    path: try writeFile(
                        directories[0] + "/comps.xml", Array("<comps/>\n".utf8)))
            ]
            try await index(directories[0], options, at: 2000)
            try await publish(directories[0], store)
            try await publish(directories[1], store, at: 3000)
            let repomd = try #require(store.objects[Self.repomd])
            let index = try RepomdIndex(reading: repomd)
            #expect(
                index.records.map(\.type).sorted() == ["filelists", "group", "other", "primary"])
            #expect(try await names(store) == ["one", "two"])
            #expect(try await verify(store).problems == [])
        }
    }
}
