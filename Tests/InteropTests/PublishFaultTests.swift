import Digests
import RepoPublish
import Support
import Testing

/// Publishing when the store or another publisher gets in the way.
@Suite struct PublishFaultTests {
    static let repomd = "repodata/repomd.xml"
    static let signature = "repodata/repomd.xml.asc"

    @Test func `a package path with other content is an error, and nothing is sent`() async throws {
        try await withSignedRepository { directory, _ in
            let size = try readWhole(directory + "/one.rpm").count
            for other in [Array("other".utf8), [UInt8](repeating: 7, count: size)] {
                let store = RecordingStore()
                store.set("one.rpm", other)
                let error = PublishError.otherContent(store: store.name, path: "one.rpm")
                await #expect(throws: error) { try await publish(directory, store) }
                #expect(store.puts == [])
                #expect("\(error)".contains("raise its release and build it again"))
            }
        }
    }

    @Test func `a package that came in the meantime is kept`() async throws {
        try await withSignedRepository { directory, _ in
            let theirs = Array("theirs".utf8)
            let store = RecordingStore()
            store.before("one.rpm") { store.set("one.rpm", theirs) }
            await #expect(
                throws: PublishError.otherContent(store: store.name, path: "one.rpm")
            ) { try await publish(directory, store) }
            #expect(store.objects["one.rpm"] == theirs)
            #expect(store.objects[Self.repomd] == nil)

            let same = try readWhole(directory + "/one.rpm")
            let second = RecordingStore()
            second.before("one.rpm") { second.set("one.rpm", same) }
            try await publish(directory, second)
            #expect(try second.objects[Self.repomd] == readWhole("\(directory)/\(Self.repomd)"))
        }
    }

    /// As a bucket that encrypts has other entity tags, this one keeps what it was not sent.
    @Test func `a package that was removed while it was about to be named is sent again`()
        async throws
    {
        try await withDirectories([.init("one")]) { directories in
            let path = "one-1.0-1.noarch.rpm"
            let bytes = try readWhole("\(directories[0])/\(path)")
            let store = RecordingStore()
            store.set(path, bytes)
            store.before(Self.repomd) { try await store.delete(path) }
            try await publish(directories[0], store)
            #expect(store.objects[path] == bytes)
        }
    }

    @Test(arguments: ["one.rpm", repomd, signature])
    func `what was stored is no lost race when its answer got lost`(path: String) async throws {
        try await withSignedRepository { directory, _ in
            let store = RecordingStore(faults: [path: .answerLost])
            try await publish(directory, store)
            for path in [Self.repomd, Self.signature] {
                #expect(try store.objects[path] == readWhole("\(directory)/\(path)"))
            }
        }
    }

    @Test func `the old signature comes back when the index cannot be stored`() async throws {
        try await withSignedRepository { directory, key in
            let first = RecordingStore(faults: [Self.repomd: .down])
            await #expect(throws: RecordingStore.Fault.down) { try await publish(directory, first) }
            #expect(first.objects[Self.signature] == nil)

            try await publish(directory, first)
            let old = try #require(first.objects[Self.signature])
            let second = RecordingStore(copying: first, faults: [Self.repomd: .down])
            try await RPMBuilder(directory: directory).build(.init("new"))
            try await index(directory, IndexOptions(keyFile: key), at: 2000)
            await #expect(throws: RecordingStore.Fault.down) {
                try await publish(directory, second)
            }
            #expect(second.objects[Self.signature] == old)
            #expect(second.objects[Self.repomd] == first.objects[Self.repomd])
        }
    }

    /// Whoever is killed, readers see one of the two states whole, and the next run ends as if
    /// nothing had happened.
    @Test func `a publisher that dies after any write leaves the old or the new state`()
        async throws
    {
        try await withDirectories([.init("one"), .init("two")]) { directories in
            let start = RecordingStore()
            try await publish(directories[0], start)
            var seen: Set<[String]> = []
            for writes in 0... {
                let store = RecordingStore(copying: start)
                store.cutOff(after: writes)
                let isDead: Bool
                do {
                    try await publish(directories[1], store, at: 2000)
                    isDead = false
                } catch RecordingStore.Fault.killed {
                    isDead = true
                }
                store.cutOff(after: nil)
                #expect(try await verify(store).problems == [])
                seen.insert(try await names(store))
                try await publish(directories[1], store, at: 3000)
                #expect(try await verify(store).problems == [])
                #expect(try await names(store) == ["one", "two"])
                if !isDead { break }
            }
            #expect(seen == [["one"], ["one", "two"]])
        }
    }

    /// Between the signature and what it signs there is one moment where they do not fit.
    @Test func `a signed publisher that dies leaves a state that the next run makes whole`()
        async throws
    {
        try await withSignedRepository { directory, key in
            let start = RecordingStore()
            try await publish(directory, start)
            try await RPMBuilder(directory: directory).build(.init("new"))
            try await index(directory, IndexOptions(keyFile: key), at: 2000)
            let publicKey = parent(directory) + "/public.asc"
            var mismatches = 0
            for writes in 0... {
                let store = RecordingStore(copying: start)
                store.cutOff(after: writes)
                let isDead: Bool
                do {
                    try await publish(directory, store, at: 2000)
                    isDead = false
                } catch RecordingStore.Fault.killed {
                    isDead = true
                }
                store.cutOff(after: nil)
                let problems = try await RepositoryVerifier(
                    store: store, isDeep: false, keyFiles: [publicKey]
                ).run().problems
                #expect(problems.allSatisfy { $0.path == Self.signature })
                mismatches += problems.count
                try await publish(directory, store, at: 3000)
                let after = try await RepositoryVerifier(
                    store: store, isDeep: false, keyFiles: [publicKey]
                ).run()
                #expect(after.problems == [] && after.packages == 4)
                if !isDead { break }
            }
            #expect(mismatches == 1)
        }
    }
}
