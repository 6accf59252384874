import Digests
import FoundationEssentials
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
            #expect(paths[3..<6].allSatisfy { $0.hasPrefix("repodata/") && $0.contains("-") })
            #expect(paths[6...] == ["repodata/repomd.xml.asc", "repodata/repomd.xml"])
            #expect(store.puts[..<3].allSatisfy { $0.condition == .absent })
            #expect(store.puts[3..<6].allSatisfy { $0.condition == nil })
            #expect(store.puts.suffix(2).allSatisfy { $0.condition == .absent })
            #expect(store.puts.suffix(2).allSatisfy { $0.cacheControl == "no-cache" })
            #expect(store.puts[4].cacheControl?.contains("immutable") == true)
            #expect(outcome.sent.count == 8)
        }
    }

    @Test func `what is there already is not sent again`() async throws {
        try await withSignedRepository { directory, key in
            let store = RecordingStore()
            try await publish(directory, store)
            store.clear()
            let second = try await publish(directory, store)
            #expect(store.puts == [])
            #expect(second.unchanged == 7)

            let old = try #require(store.objects["repodata/repomd.xml"])
            try await RPMBuilder(directory: directory).build(.init("new"))
            try await index(directory, IndexOptions(keyFile: key), at: 2000)
            try await publish(directory, store)
            #expect(store.puts.count == 6)
            #expect(store.puts[0].path == "new-1.0-1.noarch.rpm")
            #expect(store.puts.last?.condition == .matches(RecordingStore.tag(old)))
        }
    }

    @Test(arguments: ["repodata/repomd.xml", "repodata/repomd.xml.asc"])
    func `another publisher's state is not replaced`(path: String) async throws {
        try await withSignedRepository { directory, key in
            let store = RecordingStore(meanwhile: [:])
            try await publish(directory, store)
            let signature = try #require(store.objects["repodata/repomd.xml.asc"])
            let second = RecordingStore(meanwhile: [path: Array("theirs".utf8)])
            for (path, bytes) in store.objects { second.set(path, bytes) }
            try await RPMBuilder(directory: directory).build(.init("new"))
            try await index(directory, IndexOptions(keyFile: key), at: 2000)
            await #expect(throws: PublishError.conflict(store: second.name, path: path)) {
                try await publish(directory, second)
            }
            #expect(second.objects[path] == Array("theirs".utf8))
            if path == "repodata/repomd.xml" {
                #expect(second.objects["repodata/repomd.xml.asc"] == signature)
            }
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
}

/// Three packages and their signed index; hands the directory and the key's file to `body`.
func withSignedRepository(_ body: (String, String) async throws -> Void) async throws {
    try await withTemporaryDirectory { temporary in
        try await TestKey.with { key in
            let directory = temporary + "/repo"
            let builder = RPMBuilder(directory: temporary + "/built")
            let files = FileManager.default
            try files.createDirectory(
                atPath: directory + "/sub", withIntermediateDirectories: true)
            for (name, file) in [("one", "one"), ("two", "two"), ("three", "sub/three+x")] {
                let path = try await builder.build(.init(name), signedBy: key)
                try files.moveItem(atPath: path, toPath: "\(directory)/\(file).rpm")
            }
            let keyFile = temporary + "/key.asc"
            try writeFile(keyFile, Array(key.secretKey.utf8))
            try writeFile(temporary + "/public.asc", Array(key.publicKey.utf8))
            let outcome = try await index(directory, IndexOptions(keyFile: keyFile))
            #expect(outcome.isSigned)
            try await body(directory, keyFile)
        }
    }
}

@discardableResult
func publish(_ directory: String, _ store: any ObjectStore) async throws -> PublishOutcome {
    let publisher = Publisher(directory: directory, store: store)
    return try await publisher.publish(try await publisher.prepare())
}

func readWhole(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
}
