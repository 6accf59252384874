import Digests
import RepoPublish
import Support
import Testing

@Suite struct PublishTests {
    @Test func `packages go first, then metadata, signature and repomd last`() async throws {
        try await withSignedRepository { directory, _ in
            let store = RecordingStore()
            let outcome = try await publish(directory, store)
            let paths = store.puts.map(\.path)
            #expect(Set(paths.prefix(3)) == ["one.rpm", "sub/three+x.rpm", "two.rpm"])
            let middle = paths[3..<9]
            #expect(middle.allSatisfy { $0.hasPrefix("repodata/") && $0.contains("-") })
            #expect(middle.filter { $0.hasPrefix("repodata/history/1000-") }.count == 3)
            #expect(paths[9...] == ["repodata/repomd.xml.asc", "repodata/repomd.xml"])
            #expect(store.puts[..<3].allSatisfy { $0.condition == .absent })
            #expect(store.puts[3..<9].allSatisfy { $0.condition == nil })
            #expect(store.puts.suffix(2).allSatisfy { $0.condition == .absent })
            #expect(store.puts.suffix(2).allSatisfy { $0.cacheControl == "no-cache" })
            #expect(store.puts[4].cacheControl?.contains("immutable") == true)
            #expect(outcome.sent.count == 11)
            #expect(
                try store.objects["repodata/repomd.xml"]
                    == readWhole(directory + "/repodata/repomd.xml"))
        }
    }

    @Test func `what is there already is not sent again`() async throws {
        try await withSignedRepository { directory, key in
            let store = RecordingStore()
            try await publish(directory, store)
            store.clear()
            let second = try await publish(directory, store)
            #expect(store.puts == [])
            #expect(!second.isChanged)

            let old = try #require(store.objects["repodata/repomd.xml"])
            try await RPMBuilder(directory: directory).build(.init("new"))
            try await index(directory, IndexOptions(keyFile: key), at: 2000)
            let third = try await publish(directory, store)
            #expect(third.added == ["new-1.0-1.noarch"])
            #expect(store.puts.count == 9)
            #expect(store.puts[0].path == "new-1.0-1.noarch.rpm")
            #expect(store.puts.last?.condition == .matches(RecordingStore.tag(old)))
        }
    }

    @Test func `a dry run says what would be sent, and sends nothing`() async throws {
        try await withSignedRepository { directory, _ in
            let store = RecordingStore()
            let publisher = Publisher(directory: directory, store: store, settings: settings())
            let planned = try await publisher.dryRun()
            #expect(store.puts == [])
            let outcome = try await publisher.run()
            #expect(Set(planned.sent.map(\.path)) == Set(outcome.sent.map(\.path)))
            #expect(planned.sent.last?.path == "repodata/repomd.xml")
        }
    }

    @Test func `a package that changed since it was indexed stops everything`() async throws {
        try await withSignedRepository { directory, _ in
            let path = directory + "/one.rpm"
            try writeFile(path, try readWhole(path) + [0])
            let store = RecordingStore()
            await #expect { try await publish(directory, store) } throws: {
                guard case PublishError.changed(path, _, _) = $0 else { return false }
                return true
            }
            #expect(store.puts == [])
        }
    }

    @Test func `an unsigned state does not replace a signed one`() async throws {
        try await withSignedRepository { directory, _ in
            let store = RecordingStore()
            try await publish(directory, store)
            try await index(directory, at: 3000)
            await #expect(throws: PublishError.unsignedOverSigned(store: store.name)) {
                try await publish(directory, store)
            }
        }
    }

    @Test func `a directory without an index is refused`() async throws {
        try await withTemporaryDirectory { directory in
            _ = await #expect(
                throws: PublishError.notIndexed(path: directory + "/repodata/repomd.xml")
            ) { _ = try await publish(directory, RecordingStore()) }
        }
    }

    @Test func `metadata without checksums in its names is refused`() async throws {
        try await withDirectories([.init("one")]) { directories in
            var options = IndexOptions()
            options.format.hasUniqueNames = false
            try await index(directories[0], options, at: 2000)
            await #expect {
                try await publish(directories[0], RecordingStore())
            } throws: {
                guard case PublishError.plainName = $0 else { return false }
                return true
            }
        }
    }
}
