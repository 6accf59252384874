import FoundationEssentials
import RepoPublish
import Support
import Testing

/// Our program under createrepo_c's name beside createrepo_c: the same options, the same metadata.
@Suite(.enabled(if: Command.exists("createrepo_c"), "needs createrepo_c"))
struct IndexOptionsTests {
    /// Options that both have. `@` is a folder of files that they name.
    static let cases: [[String]] = [
        [],
        ["-x", "*.src.rpm", "--excludes=versions*"],
        ["-x", "a", "--excludes", "arch/*/native-d?vel*"],
        ["-x", "*rare*", "-x", "??????.rpm"],
        ["-S"],
        ["-i", "@/list"],
        ["--pkglist=@/list", "-x", "arch*", "-n", "texts-0.0.1-1.noarch.rpm"],
        ["-n", "arch/x86_64/native-3.1-4.x86_64.rpm", "--includepkg=a/twice-1.0-1.noarch.rpm"],
        ["--baseurl", "https://mirror.example.com/el9?a=1&b=\"2\""],
        ["-u", "https://mirror.example.com/", "--location-prefix", "Packages/"],
        ["--location-prefix=../x//y//"], ["--cut-dirs", "1"],
        ["--cut-dirs=2", "--location-prefix", "p"],
        ["-s", "sha512"], ["--checksum=SHA224"], ["-s", "md5"], ["--checksum=SHA"],
        ["-s", "sha1"], ["-s", "sha", "--repomd-checksum", "sha256", "-g", "@/comps.xml"],
        ["-s", "sha384", "--repomd-checksum", "sha256"],
        ["--general-compress-type", "xz"], ["--general-compress-type=bz2", "-g", "@/comps.xml"],
        ["--compress-type=xz", "--groupfile=@/comps.xml"], ["--xz", "-g", "@/comps.xml"],
        ["-g", "@/comps.xml", "--simple-md-filenames"], ["--simple-md-filenames"],
        ["--unique-md-filenames", "--workers", "1"],
        ["--changelog-limit", "0"], ["--changelog-limit=3"], ["--changelog-limit", "-1"],
        ["--revision", "a <revision> & more"],
        ["--revision", "12345", "--set-timestamp-to-revision", "-g", "@/comps.xml"],
        [
            "--content", "binary <x86>", "--repo", "one", "--repo=two", "--distro",
            "cpe:/o:example:9,Example & 9", "--distro", "plain", "--distro", ",empty",
        ],
        ["-vp", "--error-exit-val"],
    ]

    @Test func `options that both have give the same metadata`() async throws {
        try await withTemporaryDirectory { directory in
            let corpus = try await Corpus(in: directory + "/packages")
            try FileManager.default.createSymbolicLink(
                atPath: corpus.directory + "/linked.rpm",
                withDestinationPath: "texts-0.0.1-1.noarch.rpm")
            try writeFile(directory + "/comps.xml", Array(Self.comps.utf8))
            let list = ["arch/x86_64/native-3.1-4.x86_64.rpm", "", Corpus.oddName, "linked.rpm"]
            try writeFile(directory + "/list", Array(list.joined(separator: "\n").utf8))
            let link = try CreaterepoLink(in: directory)
            for (number, words) in Self.cases.enumerated() {
                let options = words.map { $0.replacing("@", with: directory) }
                let (ours, theirs) = (
                    "\(directory)/ours-\(number)", "\(directory)/theirs-\(number)"
                )
                for place in [ours, theirs] {
                    try FileManager.default.createDirectory(
                        atPath: place, withIntermediateDirectories: true)
                }
                try await Command.run(
                    "createrepo_c",
                    options + ["--no-database", "--outputdir", theirs, corpus.directory])
                try await link.run(options + ["--no-database", "-o", ours, corpus.directory])
                try Metadata(ours).expectSame(as: Metadata(theirs), "\(words)")
            }
        }
    }

    static let comps = """
        <?xml version="1.0" encoding="UTF-8"?>
        <comps><group><id>core</id><name>Core</name><packagelist>
        <packagereq type="mandatory">texts</packagereq></packagelist></group></comps>

        """

    @Test func `under its name it says what createrepo_c says`() async throws {
        try await withTemporaryDirectory { directory in
            let packages = directory + "/packages"
            try await RPMBuilder(directory: packages).build(.init("one"))
            try writeFile(packages + "/bad.rpm", Array("no package".utf8))
            let link = try CreaterepoLink(in: directory)
            let options = ["--no-database", "--workers", "3"]
            for more in [[], ["--update"], ["-n", "one-1.0-1.noarch.rpm"], ["-q"]] {
                let theirs = try await Command.run("createrepo_c", options + more + [packages])
                let ours = try await link.run(options + more + [packages], mayFail: true)
                let left = theirs.output.split(separator: "\n").filter {
                    // Ours writes into no temporary folder, and repairs nothing afterwards.
                    !$0.hasPrefix("Temporary output") && !$0.contains("we have to recompress")
                }
                #expect(ours.output.split(separator: "\n") == left)
                #expect(ours.exitCode == (more.first == "-n" ? 0 : 2))
                #expect(ours.errors.contains("bad.rpm") == (more.first != "-n"))
            }
        }
    }

    @Test(arguments: [
        "--database", "-d", "--local-sqlite", "--deltas", "--oldpackagedirs=x", "--num-deltas=1",
        "--max-delta-rpm-size=1", "--zck", "--zck-dict-dir=x", "--split", "--compatibility",
        "--ignore-lock", "--cachedir=x", "-cx", "--read-pkgs-list=x", "--no-pretty",
        "--checksum=md4", "-ssha3", "--general-compress-type=zck",
        "--set-timestamp-to-revision", "--cut-dirs=-1", "--changelog-limit=-2",
        "--retain-old-md-by-age=5x", "--retain-old-md=-2", "--duplicates=some", "--nonsense",
        "--add-metadata=primary=x", "--add-metadata=updateinfo", "--remove-metadata=filelists_db",
        "--add-metadata=filelists-ext=x",
        "--pkglist=/nonexistent",
    ])
    func `what is not offered is refused with a sentence`(option: String) async throws {
        try await withTemporaryDirectory { directory in
            let link = try CreaterepoLink(in: directory)
            for program in [[HowdahProgram.path, "repo", "index"], [link.path]] {
                let words = program.dropFirst() + [option, directory]
                let result = try await Command.run(program[0], Array(words), mayFail: true)
                #expect(result.exitCode == 64)
                #expect(result.errors.hasPrefix("Error: "))
                let made = try FileManager.default.contentsOfDirectory(atPath: directory)
                #expect(made == ["createrepo_c"])
            }
        }
    }
}
