import FoundationEssentials
import RepoPublish
import Support
import Testing

/// `--update` and what goes with it, beside createrepo_c.
@Suite(.enabled(if: Command.exists("createrepo_c"), "needs createrepo_c"))
struct IndexUpdateTests {
    @Test func `an update of a foreign index gives what a full one gives`() async throws {
        try await withTemporaryDirectory { directory in
            let packages = try await createrepo(directory)
            let builder = RPMBuilder(directory: packages)
            let files = FileManager.default
            try await builder.build(.init("added"))
            try await builder.build(.init("c++-lib", requires: ["other"]))
            try files.removeItem(atPath: packages + "/b/c/twice-1.0-1.noarch.rpm")
            try files.moveItem(
                atPath: packages + "/empty-1-1.noarch.rpm",
                toPath: packages + "/b/empty-1-1.noarch.rpm")
            let touched = packages + "/texts-0.0.1-1.noarch.rpm"
            try files.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: touched)

            var options = IndexOptions()
            options.update = UpdateRule()
            options.retention = .none
            let outcome = try await index(packages, options, at: today)
            // Added, replaced, moved and touched.
            #expect(outcome.read == 4 && outcome.packages == Corpus.count)
            let theirs = try await fullIndex(packages, directory + "/theirs")
            try Metadata(packages).expectSame(as: theirs)

            #expect(try await index(packages, options, at: today + 1).wasWritten == false)
            options.update = nil
            let again = try await index(packages, options, at: today)
            #expect(again.read == Corpus.count)
            try Metadata(packages).expectSame(as: theirs)
        }
    }

    @Test func `what is said of a package's place can be updated`() async throws {
        try await withTemporaryDirectory { directory in
            let packages = directory + "/packages"
            try await RPMBuilder(directory: packages).build(.init("one"))
            let link = try CreaterepoLink(in: directory)
            let cases = [
                ["--baseurl", "https://example.com/"], ["--baseurl", "https://example.com/"],
                ["--location-prefix", "p"], ["--checksum", "sha512"], ["--checksum", "sha"],
                ["--checksum", "sha"], ["--checksum", "sha1"], [],
            ]
            for options in cases {
                try await link.run(["--update"] + options + [packages])
                let theirs = try await fullIndex(packages, directory + "/theirs", options)
                try Metadata(packages).expectSame(as: theirs)
            }
        }
    }

    @Test func `another index is borrowed from`() async throws {
        try await withTemporaryDirectory { directory in
            let packages = try await createrepo(directory)
            let output = directory + "/output"
            try FileManager.default.createDirectory(
                atPath: output, withIntermediateDirectories: true)
            var options = IndexOptions()
            options.output = output
            options.update = UpdateRule()
            options.update?.paths = [packages]
            #expect(try await index(packages, options, at: today).read == 0)
            try Metadata(output).expectSame(as: Metadata(packages))
        }
    }

    @Test func `without a look at its file a package counts as the same`() async throws {
        try await withTemporaryDirectory { directory in
            let packages = directory + "/packages"
            let path = try await RPMBuilder(directory: packages).build(.init("one"))
            try await index(packages, at: today)
            let before = try Metadata(packages)
            try writeFile(path, Array("no package".utf8))
            var options = IndexOptions()
            options.update = UpdateRule()
            options.update?.skipsStatus = true
            #expect(try await index(packages, options, at: today).read == 0)
            #expect(try Metadata(packages) == before)
            options.update?.skipsStatus = false
            #expect(try await index(packages, options, at: today).leftOut.count == 1)
        }
    }

    @Test func `a recycled list is that of the old index`() async throws {
        try await withTemporaryDirectory { directory in
            let packages = directory + "/packages"
            for name in ["one", "two", "three"] {
                try await RPMBuilder(directory: packages).build(.init(name))
            }
            let copy = directory + "/copy"
            let link = try CreaterepoLink(in: directory)
            for place in [packages, copy] {
                if place == copy { try await Command.run("cp", ["-a", packages, copy]) }
                try await Command.run(
                    "createrepo_c", ["--no-database", "-n", "one-1.0-1.noarch.rpm", place])
            }
            let cases = [
                ["-n", "two-1.0-1.noarch.rpm"], [], ["-x", "one*"], ["--no-database"],
            ]
            for words in cases {
                let options = ["--no-database", "--update", "--recycle-pkglist"] + words
                try await Command.run("createrepo_c", options + [copy])
                try await link.run(options + [packages])
                try Metadata(packages).expectSame(as: Metadata(copy))
            }
        }
    }

    /// createrepo_c's own index of `packages`, made from scratch in `output`.
    private func fullIndex(
        _ packages: String, _ output: String, _ options: [String] = []
    ) async throws -> Metadata {
        try FileManager.default.createDirectory(
            atPath: output, withIntermediateDirectories: true)
        try await Command.run(
            "createrepo_c", ["--no-database", "--outputdir", output] + options + [packages])
        return try Metadata(output)
    }
}
