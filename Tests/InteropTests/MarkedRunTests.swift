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

    @Test func `what a mark claims is bounded as what is read is`() throws {
        let (files, state) = try Self.sample()
        var filelists = files[1]
        // The highest byte of the content's length, the last of the member.
        filelists[state.runs[0].members.filelists.range.upperBound - 1] = 0x80
        #expect(throws: StateError.self) {
            try RepositoryState(primary: files[0], filelists: filelists, other: files[2])
        }
    }

    @Test(.enabled(if: Command.exists("rpmbuild"), "needs rpmbuild"))
    func `an update whose old files claim too much reads all packages again`() async throws {
        try await withTemporaryDirectory { folder in
            try await RPMBuilder(directory: folder).build(.init("one"))
            var options = IndexOptions()
            options.format.hasUniqueNames = false
            try await Self.index(folder, options)
            let place = folder + "/repodata/filelists.xml.gz"
            let right = try #require(readFile(place))
            let other = try #require(readFile(folder + "/repodata/other.xml.gz"))
            let primary = try #require(readFile(folder + "/repodata/primary.xml.gz"))
            let state = try RepositoryState(primary: primary, filelists: right, other: other)
            var wrong = right
            wrong[state.runs[0].members.filelists.range.upperBound - 1] = 0xff
            try writeFile(place, wrong)
            options.update = UpdateRule()
            try await Self.index(folder, options)
            #expect(readFile(place) == right)
        }
    }

    @Test(arguments: [
        "<package  pkgid=\"0\">\n</package>\n", "</filelists>\n", "<!-- -->\n", "<package/>\n",
        "\n", "<package pkgid='0' name=\"a\">\n</package>\n",
    ])
    func `what comes beside the packages is found out when they are taken over`(
        extra: String
    ) async throws {
        let (files, state) = try Self.sample()
        let member = state.runs[0].members.filelists
        let piece = try #require(try state.pieces([0]).first).filelists
        var codec = RunCodec(.gzip)
        let content = try codec.open(member)
        for place in [0, piece.count, content.count] {
            var changed = content
            changed.insert(contentsOf: Array(extra.utf8), at: place)
            let count = state.runs[0].count
            var filelists = files[1]
            filelists.replaceSubrange(
                member.range, with: codec.compressor.compress(changed, count: count))
            let read = try RepositoryState(
                primary: files[0], filelists: filelists, other: files[2])
            await #expect(throws: StateError.self) { try await read.check(workers: 2) }
            let options = SnapshotOptions(compression: .gzip, time: 7)
            #expect(throws: StateError.self) { try read.snapshot(options) }
        }
    }

    @Test func `all runs are opened to compare the files`() async throws {
        let (files, state) = try Self.sample()
        try await state.check(workers: 2)
        let last = try #require(state.runs.last?.members.other)
        var codec = RunCodec(.gzip)
        var content = try codec.open(last)
        let digit = try #require(content.firstIndex(of: UInt8(ascii: "\""))) + 1
        content[digit] = content[digit] == UInt8(ascii: "0") ? UInt8(ascii: "1") : 0x30
        let count = try #require(state.runs.last?.count)
        var other = files[2]
        other.replaceSubrange(
            last.range, with: codec.compressor.compress(content, count: count))
        let read = try RepositoryState(primary: files[0], filelists: files[1], other: other)
        let error = await #expect(throws: StateError.self) { try await read.check(workers: 2) }
        guard case .disagreement(file: .other, position: _, expected: _, found: _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    /// Three files of many runs, and what is read from them.
    private static func sample() throws -> ([[UInt8]], RepositoryState) {
        var random = SeededGenerator(seed: 17)
        let packages = try (0..<2000).map { _ in try Sample.package(&random) }
        let files = try RepositoryState(packages: packages, format: .gzip)
            .snapshot(SnapshotOptions(compression: .gzip, time: 7)).files.map(\.bytes)
        let state = try RepositoryState(primary: files[0], filelists: files[1], other: files[2])
        #expect(state.runs.count > 16 && !state.runs.contains(where: \.isChecked))
        return (files, state)
    }

    private static func index(_ folder: String, _ options: IndexOptions) async throws {
        let indexer = try RepositoryIndexer(directory: folder, options: options, now: { 1000 })
        #expect(try await indexer.run().packages == 1)
    }
}
