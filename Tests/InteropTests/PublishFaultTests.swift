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
            let store = RecordingStore(meanwhile: ["one.rpm": theirs])
            await #expect(
                throws: PublishError.otherContent(store: store.name, path: "one.rpm")
            ) { try await publish(directory, store) }
            #expect(store.objects["one.rpm"] == theirs)
            #expect(store.objects[Self.repomd] == nil)

            let same = try readWhole(directory + "/one.rpm")
            let second = RecordingStore(meanwhile: ["one.rpm": same])
            try await publish(directory, second)
            #expect(try second.objects[Self.repomd] == readWhole("\(directory)/\(Self.repomd)"))
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
            let second = RecordingStore(faults: [Self.repomd: .down])
            for (path, bytes) in first.objects { second.set(path, bytes) }
            try await RPMBuilder(directory: directory).build(.init("new"))
            try await index(directory, IndexOptions(keyFile: key), at: 2000)
            await #expect(throws: RecordingStore.Fault.down) {
                try await publish(directory, second)
            }
            #expect(second.objects[Self.signature] == old)
            #expect(second.objects[Self.repomd] == first.objects[Self.repomd])
        }
    }
}
