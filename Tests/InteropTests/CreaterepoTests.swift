import Archive
import FoundationEssentials
import RepoMetadata
import RepoPublish
import Support
import Testing

/// Our metadata against createrepo_c's, byte for byte.
@Suite(.enabled(if: Command.exists("createrepo_c"), "needs createrepo_c"))
struct CreaterepoTests {
    @Test func `metadata is that of createrepo_c`() async throws {
        try await withTemporaryDirectory { directory in
            let corpus = try await Corpus(in: directory + "/packages")
            try await Command.run(
                "createrepo_c",
                ["--no-database", "--quiet", "--outputdir", directory, corpus.directory])
            let outcome = try await index(corpus.directory)
            #expect(outcome.leftOut == [])
            #expect(outcome.packages == Corpus.count)
            for kind in MetadataFile.allCases {
                let ours = try content(corpus.directory, kind)
                let theirs = try content(directory, kind)
                #expect(firstDifference(ours, theirs) == nil)
                #expect(ours == theirs)
            }
        }
    }

    @Test func `pre is said of pretrans and posttrans too`() async throws {
        try await withTemporaryDirectory { directory in
            let builder = RPMBuilder(directory: directory)
            try await builder.build(
                .init("trans", preamble: ["Requires(pretrans): a", "Requires(posttrans): b"]))
            try await index(directory)
            let primary = String(decoding: try content(directory, .primary), as: UTF8.self)
            #expect(primary.contains("<rpm:entry name=\"a\" pre=\"1\"/>"))
            #expect(primary.contains("<rpm:entry name=\"b\" pre=\"1\"/>"))
        }
    }

    @Test func `a package that is damaged is left out by name, and the rest is indexed`()
        async throws
    {
        try await withTemporaryDirectory { directory in
            let builder = RPMBuilder(directory: directory)
            let whole = try await builder.build(.init("whole"))
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: whole)))
            func put(_ name: String, _ bytes: [UInt8]) throws {
                try Data(bytes).write(to: URL(filePath: "\(directory)/\(name).rpm"))
            }
            try put("cut", bytes.dropLast(10))
            try put("cut-in-header", Array(bytes.prefix(400)))
            try put("long", bytes + [0])
            try put("none", Array("no package".utf8) + bytes)
            try put("empty", [])
            let text = Array("Test package whole".utf8)
            let summary = try #require(bytes.indices.first { bytes[$0...].starts(with: text) })
            for (name, place) in [("payload", bytes.count - 20), ("header", summary)] {
                var changed = bytes
                changed[place] ^= 1
                try put(name, changed)
            }
            let outcome = try await index(directory)
            #expect(outcome.packages == 1)
            let names = ["cut-in-header", "cut", "empty", "header", "long", "none", "payload"]
            #expect(outcome.leftOut.map(\.path) == names.map { $0 + ".rpm" })
            for package in outcome.leftOut { #expect(package.reason.contains(package.path)) }
            var options = IndexOptions()
            options.checksPayloads = false
            let unchecked = try await index(directory, options)
            #expect(unchecked.leftOut.map(\.path) == names.dropLast().map { $0 + ".rpm" })
        }
    }
}

@discardableResult
func index(_ directory: String, _ options: IndexOptions = IndexOptions(), at time: Int64 = 1000)
    async throws -> IndexOutcome
{
    try await RepositoryIndexer(directory: directory, options: options, now: { time }).run()
}

/// A metadata file's content, found through `repomd.xml` as a client does it.
func content(_ directory: String, _ kind: MetadataFile) throws -> [UInt8] {
    let repomd = try Data(contentsOf: URL(filePath: directory + "/repodata/repomd.xml"))
    let record = try #require(try RepomdIndex(reading: [UInt8](repomd)).record(kind.rawValue))
    return try Decompressor.decompress(file: "\(directory)/\(record.location)", limit: 1 << 28)
}

/// The lines where two texts first differ, for a readable failure.
func firstDifference(_ ours: [UInt8], _ theirs: [UInt8]) -> String? {
    if ours == theirs { return nil }
    let newline = UInt8(ascii: "\n")
    let one = ours.split(separator: newline, omittingEmptySubsequences: false)
    let two = theirs.split(separator: newline, omittingEmptySubsequences: false)
    for (index, (left, right)) in zip(one, two).enumerated() where left != right {
        let (left, right) = (
            String(decoding: left, as: UTF8.self), String(decoding: right, as: UTF8.self)
        )
        return "line \(index + 1): ours '\(left)', theirs '\(right)'"
    }
    return "ours has \(one.count) lines, theirs \(two.count)"
}
