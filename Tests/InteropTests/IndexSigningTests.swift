import Digests
import FoundationEssentials
import RepoMetadata
import Support
import Testing

@testable import RepoPublish

/// Signatures of packages and of the index, by rpmsign and gpg.
@Suite(.enabled(if: Command.exists("rpmsign"), "needs rpmsign"))
struct IndexSigningTests {
    @Test func `only packages that a key of the ring signed are indexed`() async throws {
        try await withTemporaryDirectory { directory in
            try await TestKey.with { key in
                try await TestKey.with { stranger in
                    let packages = directory + "/packages"
                    let builder = RPMBuilder(directory: packages)
                    try await builder.build(.init("signed"), signedBy: key)
                    try await builder.build(.init("strange"), signedBy: stranger)
                    try await builder.build(.init("unsigned"))
                    let broken = try await builder.build(.init("broken"), signedBy: key)
                    try writeFile(broken, Array(try readWhole(broken).dropLast(3)))
                    let ring = directory + "/ring.asc"
                    try writeFile(ring, Array(key.publicKey.utf8))
                    // They are in the index before the keys are asked for.
                    #expect(try await index(packages).packages == 3)

                    var options = IndexOptions()
                    options.update = UpdateRule()
                    options.keyrings = [ring]
                    let outcome = try await index(packages, options)
                    #expect(outcome.packages == 1 && outcome.read == 0)
                    let reasons = Dictionary(
                        uniqueKeysWithValues: outcome.leftOut.map {
                            ($0.path.prefix { $0 != "-" }, $0.reason)
                        })
                    #expect(reasons.keys.sorted() == ["broken", "strange", "unsigned"])
                    #expect(reasons["unsigned"]?.contains("is not signed") == true)
                    #expect(reasons["strange"]?.contains("none of the configured keys") == true)

                    let other = directory + "/stranger.asc"
                    try writeFile(other, Array(stranger.publicKey.utf8))
                    options.keyrings = [ring, other]
                    #expect(try await index(packages, options).packages == 2)
                    options.keyrings = [directory + "/none.asc"]
                    await #expect(throws: IndexError.self) { try await index(packages, options) }
                }
            }
        }
    }

    @Test func `what is indexed is the content whose signature was checked`() async throws {
        try await withTemporaryDirectory { directory in
            try await TestKey.with { key in
                let packages = directory + "/packages"
                let path = try await RPMBuilder(directory: packages).build(
                    .init("one"), signedBy: key)
                let other = try await RPMBuilder(directory: directory).build(
                    .init("one", version: "2.0"), signedBy: key)
                try await index(packages)
                // Under the name and, as far as the rule says, the look of the old one.
                try writeFile(path, try readWhole(other))
                var options = IndexOptions()
                options.update = UpdateRule()
                options.update?.skipsStatus = true
                #expect(try await index(packages, options).read == 0)
                options.keyrings = [directory + "/ring.asc"]
                try writeFile(directory + "/ring.asc", Array(key.publicKey.utf8))
                #expect(try await index(packages, options).read == 1)
                let record = try #require(try await records(DirectoryStore(root: packages)).first)
                #expect(try record.digest == Digest.of(readWhole(other)))

                // It is replaced between the check and the reading.
                var found = try PackageFinder(root: packages).find().packages
                found[0].signed = Digest.of(try readWhole(path))
                let reader = PackageReader(root: packages, options: options)
                #expect(await reader.read(found).leftOut.isEmpty)
                try await RPMBuilder(directory: packages).build(.init("one"))
                let late = await reader.read(found)
                #expect(late.state.records.isEmpty)
                #expect(late.leftOut.first?.reason.contains("after its signature") == true)
            }
        }
    }

    @Test func `nothing is added unless a key of the ring signed all of it`() async throws {
        try await withTemporaryDirectory { directory in
            try await TestKey.with { key in
                let builder = RPMBuilder(directory: directory)
                let signed = try await builder.build(.init("signed"), signedBy: key)
                let unsigned = try await builder.build(.init("unsigned"))
                let (store, ring) = (directory + "/store", directory + "/ring.asc")
                try writeFile(ring, Array(key.publicKey.utf8))
                let add = ["repo", "add", store, "--require-signed", ring]
                let refused = try await HowdahProgram.run(add + [signed, unsigned], mayFail: true)
                #expect(refused.exitCode == 1)
                #expect(refused.errors.contains("'\(unsigned)' is not signed"))
                #expect(!FileManager.default.fileExists(atPath: store))
                try await HowdahProgram.run(add + [signed])
                #expect(try await names(DirectoryStore(root: store)) == ["signed"])
            }
        }
    }

    @Test func `an index that somebody else signed is signed anew, and only that one`() async throws
    {
        try await withTemporaryDirectory { directory in
            try await TestKey.with { key in
                try await TestKey.with { other in
                    try await RPMBuilder(directory: directory).build(.init("one"))
                    let signature = directory + "/repodata/repomd.xml.asc"
                    for (number, key) in [key, other].enumerated() {
                        let file = "\(directory)/key-\(number)"
                        try writeFile(file, Array(key.secretKey.utf8))
                        let options = IndexOptions(keyFile: file)
                        #expect(try await index(directory, options).wasWritten)
                        let made = try readWhole(signature)
                        #expect(try await index(directory, options, at: 2).wasWritten == false)
                        #expect(try readWhole(signature) == made)
                        try await Command.run(
                            "gpg",
                            [
                                "--homedir", key.home, "--verify", signature,
                                directory + "/repodata/repomd.xml",
                            ])
                    }
                    try writeFile(signature, Array("no signature".utf8))
                    let options = IndexOptions(keyFile: directory + "/key-1")
                    #expect(try await index(directory, options).wasWritten)
                }
            }
        }
    }

    @Test func `a key of the user's own gpg home signs, by whatever name`() async throws {
        try await withTemporaryDirectory { directory in
            try await TestKey.with { key in
                let packages = directory + "/packages"
                try await RPMBuilder(directory: packages).build(.init("one"))
                let repomd = packages + "/repodata/repomd.xml"
                let names = [
                    key.fingerprint, String(key.fingerprint.suffix(16)), "test@example.com",
                ]
                for (number, name) in names.enumerated() {
                    try await HowdahProgram.run(
                        ["repo", "index", "--revision", "\(number)", "--sign", name, packages],
                        environment: ["GNUPGHOME": key.home])
                    try await Command.run(
                        "gpg", ["--homedir", key.home, "--verify", repomd + ".asc", repomd])
                }
                let before = try readWhole(repomd)
                let result = try await HowdahProgram.run(
                    ["repo", "index", "--revision", "9", "--sign", "nobody@example.com", packages],
                    environment: ["GNUPGHOME": key.home], mayFail: true)
                #expect(result.exitCode == 1 && result.errors.contains("nobody@example.com"))
                #expect(try readWhole(repomd) == before)
            }
        }
    }
}
