import FoundationEssentials
import Support
import Testing

/// dnf as the reader of an index with everything in it.
@Suite(.enabled(if: Command.exists("dnf"), "needs dnf"))
struct IndexReaderTests {
    @Test(arguments: ["gz", "zstd", "xz", "bz2", "none"])
    func `dnf installs a group and a file whose name needs escaping`(compression: String)
        async throws
    {
        try await withSignedRepository { directory, keyFile in
            try FileManager.default.moveItem(
                atPath: directory + "/one.rpm", toPath: directory + "/odd +~^%20 name.rpm")
            let comps = IndexOptionsTests.comps.replacing("texts", with: "one")
                .replacing("</packagelist>", with: "</packagelist><uservisible>true</uservisible>")
            try writeFile(directory + "/comps.xml", Array(comps.utf8))
            try await HowdahProgram.run([
                "repo", "index", "--update", "--general-compress-type", compression,
                "--checksum", "sha512", "--sign", keyFile, "-g", "comps.xml", directory,
            ])
            try await withHTTPServer(directory) { url in
                let dnf = try Dnf(directory: directory + "/../dnf", url: url)
                #expect(try await dnf.run(["group", "list", "--hidden"]).contains("Core"))
                try await dnf.run(["group", "install", "core"])
                let installed = dnf.root + "/usr/share/one/version"
                #expect(FileManager.default.fileExists(atPath: installed))
            }
        }
    }

    @Test func `an index elsewhere leads to its packages`() async throws {
        try await withSignedRepository { directory, keyFile in
            try await withHTTPServer(directory) { packages in
                let output = directory + "/../index"
                try FileManager.default.createDirectory(
                    atPath: output, withIntermediateDirectories: true)
                try await HowdahProgram.run([
                    "repo", "index", "--baseurl", packages, "-o", output, "--sign", keyFile,
                    directory,
                ])
                try await withHTTPServer(output) { url in
                    let dnf = try Dnf(directory: directory + "/../dnf", url: url)
                    try await dnf.run(["install", "three"])
                    let installed = dnf.root + "/usr/share/three/version"
                    #expect(FileManager.default.fileExists(atPath: installed))
                }
            }
        }
    }
}
