import FoundationEssentials
import RepoPublish
import Support
import Testing

/// What an index removes of what is in `repodata`, and what it leaves alone.
@Suite struct OldMetadataTests {
    /// Names that no index makes.
    static let foreign = [
        "notes.txt", "a.howdah-notes", ".howdah-lock", "x.howdah-1-y", ".howdah-1-2", "README",
        "0123-primary.xml.gz", "productid.gz",
    ]

    @Test(arguments: [Retention.previous, .none, .age(0)])
    func `only old metadata and our own leftovers go`(retention: Retention) async throws {
        try await withTemporaryDirectory { directory in
            let packages = directory + "/packages"
            try await RPMBuilder(directory: packages).build(.init("one"))
            var options = IndexOptions()
            options.retention = retention
            try await index(packages, options)
            let old = try names(packages)
            let leftover = "primary.xml.gz.howdah-4242-77"
            for name in Self.foreign + [leftover] {
                let path = "\(packages)/repodata/\(name)"
                try writeFile(path, [1])
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSince1970: 1000)], ofItemAtPath: path)
            }
            try await RPMBuilder(directory: packages).build(.init("two"))
            try await index(packages, options, at: 4_000_000_000)
            let left = try names(packages)
            #expect(left.isSuperset(of: Self.foreign))
            #expect(!left.contains(leftover))
            let metadata = old.subtracting(["repomd.xml"])
            #expect(left.isDisjoint(with: metadata) == (retention != .previous))
        }
    }

    @Test func `garbage is metadata and packages, not what somebody put beside them`() async throws
    {
        try await withTemporaryDirectory { directory in
            try await RPMBuilder(directory: directory).build(.init("one"))
            try await index(directory)
            let old = String(repeating: "ab", count: 32) + "-primary.xml.gz"
            let leftover = "repomd.xml.howdah-4242-77"
            for name in Self.foreign + ["repomd.xml.key", old, leftover] {
                try writeFile("\(directory)/repodata/\(name)", [1])
            }
            let outcome = try await GarbageCollection(
                store: DirectoryStore(root: directory), retention: 0, now: { 4_000_000_000 }
            ).run(isDryRun: false)
            #expect(
                outcome.removed.map(\.path).sorted() == [old, leftover].map { "repodata/" + $0 })
        }
    }

    @Test func `two files of one name are refused with the name`() async throws {
        try await withTemporaryDirectory { directory in
            let packages = directory + "/packages"
            try await RPMBuilder(directory: packages).build(.init("one"))
            for (folder, text) in [("a", "<one/>"), ("b", "<two/>"), ("c", "<one/>")] {
                try FileManager.default.createDirectory(
                    atPath: "\(directory)/\(folder)", withIntermediateDirectories: true)
                try writeFile("\(directory)/\(folder)/data.xml", Array(text.utf8))
            }
            func run(_ other: String, _ more: [String]) async throws -> Command.Output {
                try await HowdahProgram.run(
                    [
                        "repo", "index", "--add-metadata", "first=\(directory)/a/data.xml",
                        "--add-metadata", "second=\(directory)/\(other)/data.xml",
                    ] + more + [packages], mayFail: true)
            }
            let clash = try await run("b", ["--simple-md-filenames"])
            #expect(clash.exitCode == 1)
            #expect(clash.errors.contains("repodata/data.xml.gz' (first and second)"))
            #expect(!FileManager.default.fileExists(atPath: packages + "/repodata/repomd.xml"))
            // The same content is one file, and with checksums in front names differ.
            for (other, more) in [("c", ["--simple-md-filenames"]), ("b", [])] {
                #expect(try await run(other, more).exitCode == 0)
                #expect(try await verify(DirectoryStore(root: packages)).problems.isEmpty)
            }
        }
    }

    private func names(_ directory: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: directory + "/repodata"))
    }
}
