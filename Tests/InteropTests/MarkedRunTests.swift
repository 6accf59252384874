import Archive
import FoundationEssentials
import Members
import RepoMetadata
import Support
import Testing

@testable import RepoPublish

/// Runs that are taken over without being opened, since they say how long they are.
@Suite struct MarkedRunTests {
    @Test func `a marked member says how long it is, and others read it as any member`() throws {
        let content = Array(String(repeating: "<package pkgid=\"0\"/>\n", count: 500).utf8)
        var compressor = MemberCompressor(.gzip)
        let member = compressor.compress(content, count: 500)
        let mark = try #require(MemberMark([0] + member + [1, 2], at: 1))
        #expect(mark.count == 500 && mark.size == member.count && mark.openSize == content.count)
        #expect(try Decompressor.decompress(member + member, limit: 1 << 20) == content + content)
        #expect(MemberMark(member.dropLast(), at: 0) == nil)
        #expect(MemberMark(compressor.compress(content), at: 0) == nil)
    }

    @Test func `files of different packages are found out when they are taken over`() throws {
        var random = SeededGenerator(seed: 9)
        let options = SnapshotOptions(compression: .gzip, time: 7)
        let files = try (0..<2).map { _ in
            let packages = try (0..<200).map { _ in try Sample.package(&random) }
            return try RepositoryState(packages: packages, format: .gzip).snapshot(options)
                .files.map(\.bytes)
        }
        let state = try RepositoryState(
            primary: files[0][0], filelists: files[1][1], other: files[0][2])
        #expect(throws: StateError.self) { try state.snapshot(options) }
        #expect(throws: StateError.self) { try state.changing(remove: [0], add: []) }
    }

    @Test(.enabled(if: Command.exists("rpmbuild"), "needs rpmbuild"))
    func `an update whose old files do not belong together reads all packages again`()
        async throws
    {
        try await withTemporaryDirectory { folder in
            let builder = RPMBuilder(directory: folder + "/a")
            try await builder.build(.init("one"))
            let other = RPMBuilder(directory: folder + "/b")
            try await other.build(.init("two"))
            var options = IndexOptions()
            options.format.hasUniqueNames = false
            for name in ["a", "b"] { try await Self.index("\(folder)/\(name)", options) }
            let place = "/repodata/filelists.xml.gz"
            let wrong = try #require(readFile(folder + "/b" + place))
            let right = try #require(readFile(folder + "/a" + place))
            try writeFile(folder + "/a" + place, wrong)
            options.update = UpdateRule()
            try await Self.index(folder + "/a", options)
            #expect(readFile(folder + "/a" + place) == right)
        }
    }

    private static func index(_ folder: String, _ options: IndexOptions) async throws {
        let indexer = try RepositoryIndexer(directory: folder, options: options, now: { 1000 })
        #expect(try await indexer.run().packages == 1)
    }
}
