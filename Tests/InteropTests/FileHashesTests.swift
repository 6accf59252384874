import FoundationEssentials
import RepoPublish
import Support
import Testing

/// `filelists-ext` beside a createrepo_c that knows it (1.x, of the Python environment).
@Suite(
    .enabled(if: PythonEnvironment.program("createrepo_c") != nil, "run scripts/setup"))
struct FileHashesTests {
    static let type = "filelists-ext"
    /// Numbers of RFC 4880, section 9.4; rpm leaves 1, MD5, out of the header.
    static let algorithms = [1, 2, 8, 9, 10, 11]

    private func withPackages(
        _ body: (_ packages: String, _ directory: String) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let corpus = try await Corpus(in: directory + "/packages")
            for number in Self.algorithms {
                let spec = """
                    %global _binary_filedigest_algorithm \(number)
                    \(RPMBuilder.Package("hash-\(number)").spec)
                    """
                try await RPMBuilder(directory: corpus.directory).build(spec: spec)
            }
            try await body(corpus.directory, directory)
        }
    }

    private func theirs(
        _ packages: String, _ output: String, _ options: [String] = []
    ) async throws -> Metadata {
        let program = try #require(PythonEnvironment.program("createrepo_c"))
        try FileManager.default.createDirectory(
            atPath: output, withIntermediateDirectories: true)
        try await Command.run(
            program,
            ["-q", "--filelists-ext", "--general-compress-type", "gz", "-o", output] + options
                + [packages])
        return try Metadata(output)
    }

    @Test func `files' hashes are listed as createrepo_c lists them`() async throws {
        try await withPackages { packages, directory in
            try writeFile(directory + "/comps.xml", Array(IndexOptionsTests.comps.utf8))
            let groups = ["-g", directory + "/comps.xml"]
            let theirs = try await theirs(packages, directory + "/theirs", groups)
            for packing in ["gz", "zstd", "xz", "none"] {
                try await HowdahProgram.run(
                    ["repo", "index", "--filelists-ext", "--general-compress-type", packing]
                        + groups + [packages])
                let ours = try Metadata(packages)
                let (one, two) = (ours.files[Self.type] ?? [], theirs.files[Self.type] ?? [])
                #expect(firstDifference(one, two) == nil)
                #expect(ours.files["filelists"] == theirs.files["filelists"])
                let types = { (text: String) in
                    text.split(separator: "<data type=\"").dropFirst().map {
                        $0.prefix { $0 != "\"" && $0 != "_" }
                    }
                }
                #expect(
                    types(ours.repomd).filter { $0 != "group" }
                        == types(theirs.repomd)
                        .filter { $0 != "group" })
            }
        }
    }

    @Test func `an update takes hashes over, and reads again what has none`() async throws {
        try await withPackages { packages, directory in
            var options = IndexOptions()
            options.format.listsHashes = true
            options.update = UpdateRule()
            let first = try await index(packages, options, at: today)
            #expect(first.read == first.packages)
            #expect(try await index(packages, options, at: today + 1).wasWritten == false)
            try await RPMBuilder(directory: packages).build(.init("added"))
            let second = try await index(packages, options, at: today + 2)
            #expect(second.read == 1)
            let full = try await theirs(packages, directory + "/theirs")
            #expect(try Metadata(packages).files[Self.type] == full.files[Self.type])

            // createrepo_c's own update forgets the hashes of what it takes over.
            _ = try await theirs(packages, packages, ["--update"])
            #expect(try Metadata(packages).files[Self.type] != full.files[Self.type])
            let third = try await index(packages, options, at: today + 3)
            // What has no plain file has no hash to forget.
            #expect(third.read > third.packages / 2)
            #expect(try Metadata(packages).files[Self.type] == full.files[Self.type])

            // A list that nobody keeps up would be wrong: it goes.
            options.format.listsHashes = false
            options.extra.keepsOld = true
            #expect(try await index(packages, options, at: today + 4).wasWritten)
            #expect(try Metadata(packages).files[Self.type] == nil)
        }
    }

    @Test(.enabled(if: Command.exists("dnf"), "needs dnf"))
    func `dnf reads a repository that has it, and publishing knows what it is`() async throws {
        try await withTemporaryDirectory { directory in
            var options = IndexOptions()
            options.format.listsHashes = true
            let folders = ["one", "two"].map { "\(directory)/\($0)" }
            for (name, folder) in zip(["one", "two"], folders) {
                try await RPMBuilder(directory: folder).build(.init(name))
                try await index(folder, options)
            }
            let store = DirectoryStore(root: directory + "/store")
            try await publish(folders[0], store)
            #expect(try Metadata(directory + "/store").files[Self.type] != nil)
            try await withHTTPServer(directory + "/store") { url in
                let dnf = try Dnf(directory: directory + "/dnf", url: url, isSigned: false)
                #expect(try await dnf.run(["list", "--available"]).contains("one.noarch"))
                #expect(try await dnf.run(["repoquery", "-l", "one"]).contains("/usr/share/one"))
            }
            // What was published together is more than either list says.
            try await publish(folders[1], store, at: 2000)
            #expect(try await names(store) == ["one", "two"])
            #expect(try Metadata(directory + "/store").files[Self.type] == nil)
            #expect(try await verify(store).problems.isEmpty)
        }
    }
}
