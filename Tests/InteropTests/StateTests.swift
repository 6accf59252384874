import Archive
import Digests
import RepoMetadata
import RepoPublish
import Support
import Testing

/// What createrepo_c wrote, read and written again.
@Suite(.enabled(if: Command.exists("createrepo_c"), "needs createrepo_c"))
struct StateTests {
    @Test(arguments: Compression.allCases)
    func `a foreign index comes out as it was`(compression: Compression) async throws {
        try await withTemporaryDirectory { directory in
            let corpus = try await createrepo(directory)
            let state = try readState(corpus)
            #expect(state.records.count == Corpus.count)
            let snapshot = try state.snapshot(
                SnapshotOptions(compression: compression, time: 1000))
            for (file, kind) in zip(snapshot.files, MetadataFile.allCases) {
                let theirs = try content(corpus, kind)
                #expect(try Decompressor.decompress(file.bytes, limit: 1 << 28) == theirs)
                let record = try #require(snapshot.repomd.records.first { $0.type == "\(kind)" })
                #expect(record.openDigest == (compression == .none ? nil : Digest.of(theirs)))
                #expect(record.digest == Digest.of(file.bytes))
            }
        }
    }

    @Test func `records say what primary says`() async throws {
        try await withTemporaryDirectory { directory in
            let state = try readState(try await createrepo(directory))
            let names = state.records.map(\.nevra)
            #expect(names.contains("c++-lib-4000000000:1.0-1.noarch"))
            #expect(names.contains("versions-1.0~rc1-1.el9.noarch"))
            #expect(names.contains("native-3.1-4.src"))
            for record in state.records {
                let path =
                    directory + "/packages/" + String(decoding: record.location, as: UTF8.self)
                let bytes = try readWhole(path)
                #expect(record.digest == Digest.of(bytes) && record.size == Int64(bytes.count))
            }
            #expect(state.records.first?.location == Array("c++-lib-1.0-1.noarch.rpm".utf8))
        }
    }

    @Test func `packages go and come back`() async throws {
        try await withTemporaryDirectory { directory in
            let state = try readState(try await createrepo(directory))
            let options = SnapshotOptions(time: 1000)
            let whole = try state.snapshot(options)
            let taken = [0, 5, 11]
            let pieces = try state.pieces(taken)
            let fewer = try state.changing(remove: Set(taken), add: [])
            #expect(fewer.records.count == Corpus.count - 3)
            let back = try fewer.changing(
                remove: [], add: Array(zip(taken.map { state.records[$0] }, pieces)).reversed())
            #expect(back.records == state.records)
            #expect(try back.snapshot(options).repomd == whole.repomd)
        }
    }
}

/// Builds the corpus, and the index of it with createrepo_c; returns the folder of both.
func createrepo(_ directory: String, _ options: [String] = []) async throws -> String {
    let corpus = try await Corpus(in: directory + "/packages")
    try await Command.run(
        "createrepo_c", ["--no-database", "--quiet"] + options + [corpus.directory])
    return corpus.directory
}

/// The state that an indexed folder says.
func readState(_ directory: String) throws -> RepositoryState {
    let repomd = try RepomdIndex(reading: try readWhole(directory + "/repodata/repomd.xml"))
    func file(_ kind: MetadataFile) throws -> [UInt8] {
        let record = try #require(repomd.record(kind.rawValue))
        return try readWhole("\(directory)/\(record.location)")
    }
    return try RepositoryState(
        primary: file(.primary), filelists: file(.filelists), other: file(.other))
}
