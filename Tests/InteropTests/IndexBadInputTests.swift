import Digests
import FoundationEssentials
import Glibc
import RepoMetadata
import RepoPublish
import Support
import Testing

/// What a directory may hold that is no good package. What is damaged is in `CreaterepoTests`.
@Suite(.enabled(if: Command.exists("createrepo_c"), "needs createrepo_c"))
struct IndexBadInputTests {
    @Test func `control characters reject a package and wrong UTF-8 does not`() async throws {
        try await withTemporaryDirectory { directory in
            let packages = directory + "/packages"
            let builder = RPMBuilder(directory: packages)
            try await builder.build(spec: Self.spec("latin", #"Gr\252\223e \133 caf\233"#))
            try await builder.build(spec: Self.spec("control", #"A bell: \7"#))
            try await Command.run(
                "createrepo_c", ["--no-database", "-o", directory, packages])
            let outcome = try await index(packages, at: today)
            #expect(outcome.packages == 1)
            #expect(outcome.leftOut.map(\.path) == ["control-1-1.noarch.rpm"])
            #expect(outcome.leftOut.first?.reason.contains("control character") == true)
            try Metadata(packages).expectSame(as: Metadata(directory))
        }
    }

    @Test func `a relation with an epoch that is no number is dropped`() async throws {
        try await withTemporaryDirectory { directory in
            let packages = directory + "/packages"
            let path = try await RPMBuilder(directory: packages).build(
                .init("epochs", requires: ["foo = 77:1", "bar = 8:2"], provides: ["baz = 66:1"]))
            // rpmbuild makes no such package.
            try Self.patch(path, [("77:1", "7x:1"), ("66:1", "y6:1")])
            try await Command.run(
                "createrepo_c", ["--no-database", "-o", directory, packages])
            #expect(try await index(packages, at: today).leftOut == [])
            try Metadata(packages).expectSame(as: Metadata(directory))
            let primary = String(decoding: try content(packages, .primary), as: UTF8.self)
            #expect(primary.contains("name=\"bar\"") && !primary.contains("name=\"foo\""))
        }
    }

    @Test func `links to nothing, pipes and files that may not be read are named`() async throws {
        try await withTemporaryDirectory { directory in
            let packages = directory + "/packages"
            let whole = try await RPMBuilder(directory: packages).build(.init("whole"))
            let files = FileManager.default
            try files.createSymbolicLink(
                atPath: packages + "/broken.rpm", withDestinationPath: "nowhere")
            try files.createSymbolicLink(
                atPath: packages + "/loop.rpm", withDestinationPath: "loop.rpm")
            try files.copyItem(atPath: whole, toPath: packages + "/secret.rpm")
            try files.createDirectory(
                atPath: packages + "/folder.rpm", withIntermediateDirectories: true)
            try files.createDirectory(
                atPath: packages + "/closed", withIntermediateDirectories: true)
            try #require(mkfifo(packages + "/pipe.rpm", 0o644) == 0)
            for (name, mode) in [("secret.rpm", 0), ("closed", 0)] {
                try #require(chmod("\(packages)/\(name)", mode_t(mode)) == 0)
            }
            for place in [directory, packages] { try #require(chmod(place, 0o777) == 0) }
            // root may read everything, so somebody else does it.
            let isRoot = getuid() == 0
            let nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups"]
            let words = [HowdahProgram.path, "repo", "index", "--json", packages]
            let result = try await Command.run(
                isRoot ? "setpriv" : words[0],
                isRoot ? nobody + words : Array(words.dropFirst()), mayFail: true)
            #expect(result.exitCode == 2)
            let outcome = try JSONDecoder().decode(
                IndexOutcome.self, from: Data(result.output.utf8))
            #expect(outcome.packages == 1)
            #expect(
                outcome.leftOut.map(\.path).sorted()
                    == ["broken.rpm", "closed", "loop.rpm", "pipe.rpm", "secret.rpm"])
            for package in outcome.leftOut {
                #expect(package.reason.contains(package.path))
                #expect(result.errors.contains("left out: \(package.reason)\n"))
            }
        }
    }

    @Test func `a list that names what is not there, or outside, is indexed without`() async throws
    {
        try await withTemporaryDirectory { directory in
            let packages = directory + "/packages"
            try await RPMBuilder(directory: packages).build(.init("one"))
            try await RPMBuilder(directory: packages).build(.init("two"))
            let one = "one-1.0-1.noarch.rpm"
            var options = IndexOptions()
            let strange = ["none.rpm", "../packages/\(one)", "/etc/passwd", "http://x/y.rpm"]
            options.selection.listed = strange + [one, "./\(one)", "sub//none.rpm"]
            let outcome = try await index(packages, options)
            #expect(outcome.packages == 1)
            #expect(Set(outcome.leftOut.map(\.path)) == Set(strange + ["sub/none.rpm"]))
            for package in outcome.leftOut { #expect(package.reason.contains(package.path)) }
        }
    }

    @Test func `packages that are the same are named, or the last is kept`() async throws {
        try await withTemporaryDirectory { directory in
            let packages = directory + "/packages"
            let builder = RPMBuilder(directory: packages)
            let first = try await builder.build(.init("twin", epoch: 3))
            try FileManager.default.moveItem(atPath: first, toPath: packages + "/z-old.rpm")
            // A build time is in seconds.
            try await Task.sleep(for: .milliseconds(1100))
            try await builder.build(.init("twin", epoch: 3))
            try await builder.build(.init("twin", epoch: 2, sections: "%changelog"))
            try await builder.build(.init("twin", version: "1.1", epoch: 3))
            try FileManager.default.moveItem(
                atPath: packages + "/twin-1.0-1.noarch.rpm", toPath: packages + "/other.rpm")
            try await builder.build(.init("twin", epoch: 3))

            let kept = ["twin-1.0-1.noarch.rpm", "z-old.rpm"]
            let warned = try await index(packages)
            #expect(warned.packages == 4 && warned.duplicates.count == 1)
            #expect(warned.duplicates.first?.package == "twin-3:1.0-1.noarch")
            #expect(warned.duplicates.first?.locations == kept)

            var options = IndexOptions()
            options.duplicates = .keepLast
            #expect(try await index(packages, options).packages == 3)
            let primary = String(decoding: try content(packages, .primary), as: UTF8.self)
            #expect(primary.contains("href=\"\(kept[0])\"") && !primary.contains(kept[1]))

            options.duplicates = .error
            let before = try readWhole(packages + "/repodata/repomd.xml")
            await #expect(throws: IndexError.duplicates(warned.duplicates)) {
                try await index(packages, options)
            }
            #expect(try readWhole(packages + "/repodata/repomd.xml") == before)
        }
    }

    @Test func `a place where nothing can be written is named`() async throws {
        try await withTemporaryDirectory { directory in
            try await RPMBuilder(directory: directory).build(.init("one"))
            for output in ["/proc/self", directory + "/none", directory + "/one-1.0-1.noarch.rpm"] {
                let result = try await HowdahProgram.run(
                    ["repo", "index", "-o", output, directory], mayFail: true)
                #expect(result.exitCode == 1)
                #expect(result.errors.contains("'\(output)'"))
            }
        }
    }

    /// A package whose summary is what Lua prints.
    private static func spec(_ name: String, _ summary: String) -> String {
        """
        %define _invalid_encoding_terminates_build 0
        Name: \(name)
        Version: 1
        Release: 1
        Summary: %{lua: print("\(summary)")}
        License: MIT
        BuildArch: noarch
        AutoReqProv: no
        %description
        %{lua: print("\(summary)")}
        %files

        """
    }

    /// Changes words of a package's header, of the same length, and its digests of it.
    private static func patch(_ path: String, _ changes: [(String, String)]) throws {
        var bytes = try readWhole(path)
        // The lead's 96 bytes, the signature header, padded to 8, and the header.
        let signature = size(of: bytes, at: 96)
        let start = 96 + (signature + 7) / 8 * 8
        let header = start..<(start + size(of: bytes, at: start))
        let digests = [DigestAlgorithm.sha1, .sha256].map {
            ($0, Digest.of(Array(bytes[header]), $0).hex)
        }
        for (old, new) in changes {
            let found = try #require(bytes[header].firstRange(of: Array(old.utf8)))
            bytes.replaceSubrange(found, with: Array(new.utf8))
        }
        for (algorithm, old) in digests {
            let found = try #require(bytes.firstRange(of: Array(old.utf8)))
            bytes.replaceSubrange(found, with: Digest.of(Array(bytes[header]), algorithm).hex.utf8)
        }
        try writeFile(path, bytes)
    }

    /// Bytes of a header structure (rpm's docs/manual/format.md).
    private static func size(of bytes: [UInt8], at start: Int) -> Int {
        func number(_ place: Int) -> Int {
            bytes[(start + place)..<(start + place + 4)].reduce(0) { $0 << 8 | Int($1) }
        }
        return 16 + 16 * number(8) + number(12)
    }
}
