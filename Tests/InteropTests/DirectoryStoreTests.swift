import Digests
import RepoPublish
import Support
import Testing

/// A directory as a place to publish to.
@Suite struct DirectoryStoreTests {
    static func text(_ text: String, at path: String) -> Upload {
        Upload(
            path: path, content: .bytes(Array(text.utf8)), size: Int64(text.utf8.count),
            contentType: "text/plain", cacheControl: nil)
    }

    @Test func `what is stored is read, listed and removed again`() async throws {
        try await withTemporaryDirectory { directory in
            let store = DirectoryStore(root: directory + "/repo")
            #expect(try await store.list("") == [:])
            #expect(try await store.head("a/b") == nil)
            #expect(try await store.read("a/b", limit: 10) == nil)
            let tag = try await store.put(Self.text("one", at: "a/b c+d"), .absent)
            #expect(try await store.put(Self.text("two", at: "e"), nil) != tag)
            let read = try await store.read("a/b c+d", limit: 10)
            #expect(read == StoredBytes(bytes: Array("one".utf8), entityTag: tag))
            #expect(try await store.list("")?.keys.sorted() == ["a/b c+d", "e"])
            #expect(try await store.list("a/")?.keys.sorted() == ["a/b c+d"])
            #expect(try await store.head("e")?.size == 3)
            let fetched = try await store.fetch("e", to: directory + "/fetched", .sha256)
            #expect(fetched?.digest == Digest.of(Array("two".utf8)))
            try await store.delete("e")
            #expect(try await store.head("e") == nil)
        }
    }

    @Test func `an object is replaced only in place of what was seen`() async throws {
        try await withTemporaryDirectory { directory in
            let store = DirectoryStore(root: directory)
            let conflict = StoreConflict(path: "x")
            let one = Self.text("one", at: "x")
            await #expect(throws: conflict) { try await store.put(one, .matches("\"none\"")) }
            let tag = try await store.put(one, .absent)
            await #expect(throws: conflict) { try await store.put(one, .absent) }
            let two = try await store.put(Self.text("two", at: "x"), .matches(tag))
            await #expect(throws: conflict) { try await store.put(one, .matches(tag)) }
            #expect(try await store.read("x", limit: 10)?.entityTag == two)
        }
    }

    @Test func `of many who replace the same state one wins`() async throws {
        try await withTemporaryDirectory { directory in
            let store = DirectoryStore(root: directory)
            var tag = try await store.put(Self.text("0", at: "repodata/x"), .absent)
            for round in 1...20 {
                let seen = tag
                let winners = await withTaskGroup(of: String?.self) { group in
                    for writer in 0..<6 {
                        group.addTask {
                            try? await store.put(
                                Self.text("\(round) \(writer)", at: "repodata/x"), .matches(seen))
                        }
                    }
                    return await group.reduce(into: []) { $0 += [$1].compactMap { $0 } }
                }
                #expect(winners.count == 1)
                tag = try #require(winners.first)
                #expect(try await store.read("repodata/x", limit: 10)?.entityTag == tag)
            }
        }
    }

    @Test func `a file that is not what it was said to be is not stored`() async throws {
        try await withTemporaryDirectory { directory in
            let store = DirectoryStore(root: directory + "/repo")
            try writeFile(directory + "/file", Array("content".utf8))
            let upload = Upload(
                path: "f", content: .file(path: directory + "/file", sha256: "00"), size: 7,
                contentType: "text/plain", cacheControl: nil)
            await #expect(throws: PublishError.self) { try await store.put(upload, nil) }
            #expect(try await store.list("") == [:])
        }
    }
}
