import FoundationEssentials
import RepoPublish
import Support
import Testing

/// Groups, updates and modules, beside createrepo_c and modifyrepo_c.
@Suite(.enabled(if: Command.exists("modifyrepo_c"), "needs modifyrepo_c"))
struct IndexExtraTests {
    @Test(arguments: [["--compress-type", "gz"], ["--compress-type", "xz"]])
    func `metadata is put in and taken out as modifyrepo_c does it`(packing: [String]) async throws
    {
        try await withRepositories { directory, ours, theirs in
            for (type, name) in [("updateinfo", "updateinfo.xml"), ("modules", "m.yaml.gz")] {
                let file = "\(directory)/\(name)"
                try await howdah(ours, packing + ["--add-metadata", "\(type)=\(file)"])
                try await modify(theirs, packing + ["--mdtype", type, file])
                try Metadata(ours).expectSame(as: Metadata(theirs))
            }
            // In place of what is there.
            let other = directory + "/comps.xml"
            try await howdah(ours, packing + ["--add-metadata", "updateinfo=\(other)"])
            try await modify(theirs, ["--remove", "updateinfo"])
            try await modify(theirs, packing + ["--mdtype", "updateinfo", other])
            #expect(try Metadata(ours).files == Metadata(theirs).files)

            try await howdah(ours, packing + ["--remove-metadata", "updateinfo"])
            try await modify(theirs, ["--remove", "updateinfo"])
            #expect(try Metadata(ours).files == Metadata(theirs).files)
            #expect(try Metadata(ours).files.keys.sorted().contains("modules"))
        }
    }

    @Test func `an update keeps it as createrepo_c does`() async throws {
        try await withRepositories { directory, ours, theirs in
            for place in [ours, theirs] {
                try await Command.run(
                    "createrepo_c", ["--no-database", "-g", directory + "/comps.xml", place])
                for name in ["updateinfo.xml", "modules.yaml"] {
                    try writeFile("\(directory)/\(name)", Array("---\n\(name)\n".utf8))
                    try await modify(place, ["\(directory)/\(name)"])
                }
            }
            let link = try CreaterepoLink(in: directory)
            let cases = [
                ["--update", "--keep-all-metadata"],
                ["--update", "--keep-all-metadata", "--checksum", "sha512"],
                ["--update", "--keep-all-metadata", "-g", directory + "/updateinfo.xml"],
                ["--keep-all-metadata"],
            ]
            for options in cases {
                try await Command.run("createrepo_c", ["--no-database"] + options + [theirs])
                try await link.run(["--no-database"] + options + [ours])
                try Metadata(ours).expectSame(as: Metadata(theirs), "\(options)")
            }
            #expect(try Metadata(ours).files.keys.sorted() == ["filelists", "other", "primary"])
        }
    }

    @Test func `howdah's own update keeps it without being told`() async throws {
        try await withRepositories { directory, ours, _ in
            try await howdah(ours, ["-g", directory + "/comps.xml"])
            let groups = ["filelists", "group", "group_gz", "other", "primary"]
            try await howdah(ours, ["--update"])
            #expect(try Metadata(ours).files.keys.sorted() == groups)
            try await howdah(ours, ["--remove-metadata", "group"])
            #expect(try Metadata(ours).files.keys.sorted() == ["filelists", "other", "primary"])
            try await howdah(ours, ["-g", directory + "/comps.xml", "--keep-all-metadata"])
            try await howdah(ours, ["--update", "--discard-additional-metadata"])
            #expect(try Metadata(ours).files.keys.sorted() == ["filelists", "other", "primary"])
        }
    }

    @Test func `metadata that is damaged is not lost in silence`() async throws {
        try await withRepositories { directory, ours, _ in
            try await howdah(ours, ["-g", directory + "/comps.xml", "--simple-md-filenames"])
            let before = try readWhole(ours + "/repodata/repomd.xml")
            try writeFile(ours + "/repodata/comps.xml", Array("other".utf8))
            let damaged = try await HowdahProgram.run(
                ["repo", "index", "--update", ours], mayFail: true)
            #expect(damaged.exitCode == 1 && damaged.errors.contains("repodata/comps.xml"))
            #expect(try readWhole(ours + "/repodata/repomd.xml") == before)

            try writeFile(ours + "/repodata/repomd.xml", Array("<repomd".utf8))
            let unreadable = try await HowdahProgram.run(
                ["repo", "index", "--update", ours], mayFail: true)
            #expect(unreadable.exitCode == 1 && unreadable.errors.contains("cannot be used"))
            try await howdah(ours, ["--update", "--discard-additional-metadata"])
        }
    }

    @Test(arguments: [["--general-compress-type", "gz"], ["--general-compress-type", "xz"]])
    func `modifyrepo_c and mergerepo_c read what we wrote`(packing: [String]) async throws {
        try await withRepositories { directory, ours, theirs in
            try await howdah(ours, packing + ["-g", directory + "/comps.xml"])
            try await modify(ours, [directory + "/updateinfo.xml"])
            try await Command.run(
                "createrepo_c", ["--no-database", "-g", directory + "/comps.xml", theirs])
            try await modify(theirs, [directory + "/updateinfo.xml"])
            #expect(try Metadata(ours).files == Metadata(theirs).files.mapKeys(packing))

            var merged: [Metadata] = []
            for place in [ours, theirs] {
                let output = place + "-merged"
                try await Command.run(
                    "mergerepo_c",
                    ["--repo", place, "--omit-baseurl", "--no-database", "-o", output])
                merged.append(try Metadata(output))
            }
            #expect(merged[0].files["primary"] == merged[1].files["primary"])
            #expect(merged[0].files["filelists"] == merged[1].files["filelists"])
            #expect(merged[0].files["other"] == merged[1].files["other"])
        }
    }

    private func howdah(_ directory: String, _ options: [String]) async throws {
        try await HowdahProgram.run(["repo", "index"] + options + [directory])
    }

    private func modify(_ directory: String, _ options: [String]) async throws {
        try await Command.run("modifyrepo_c", options + [directory + "/repodata"])
    }

    /// Two indexed folders with the same packages, and some files to put in.
    private func withRepositories(
        _ body: (String, String, String) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let (ours, theirs) = (directory + "/ours", directory + "/theirs")
            for name in ["one", "two"] {
                try await RPMBuilder(directory: ours).build(.init(name, requires: ["a < 1"]))
            }
            try await Command.run("cp", ["-a", ours, theirs])
            try writeFile(directory + "/comps.xml", Array(IndexOptionsTests.comps.utf8))
            try writeFile(directory + "/updateinfo.xml", Array("<updates></updates>\n".utf8))
            try writeFile(directory + "/m.yaml", Array("---\ndocument: modulemd\n".utf8))
            try await Command.run("gzip", [directory + "/m.yaml"])
            try await Command.run("createrepo_c", ["--no-database", theirs])
            try await howdah(ours, [])
            try await body(directory, ours, theirs)
        }
    }
}

extension [String: [UInt8]] {
    /// `group_gz` under the name that it has with another packing.
    fileprivate func mapKeys(_ packing: [String]) -> Self {
        let name = "group_" + (packing.last ?? "gz")
        return Dictionary(uniqueKeysWithValues: map { ($0 == "group_gz" ? name : $0, $1) })
    }
}
