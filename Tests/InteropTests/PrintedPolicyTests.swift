import AWS
import FoundationEssentials
import RepoPublish
import Support
import Testing

/// Users who have exactly what `howdah repo policy` prints, at a store that checks it.
@Suite(.enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
struct PrintedPolicyTests {
    private func identity(_ name: String) async throws -> SeaweedServer.Identity {
        let printed = try await HowdahProgram.run(
            ["repo", "policy", "--bucket", "rpms", "--prefix", "el9", "--only", name])
        return SeaweedServer.Identity(
            name, accessKeyID: "\(name)KEY", secretAccessKey: "\(name)secret", actions: [],
            policy: printed.output)
    }

    @Test func `publishers can do all that they should, and readers read`() async throws {
        let (publisher, reader) = try await (identity("publisher"), identity("reader"))
        try await withDirectories([.init("one"), .init("two"), .init("three")]) { directories in
            try await SeaweedServer.with(identities: [.admin, publisher, reader]) { server in
                try await makeBucket(server)
                func run(
                    as identity: SeaweedServer.Identity, _ words: [String]
                ) async throws -> Command.Output {
                    try await HowdahProgram.run(
                        ["repo"] + words,
                        environment: StoreProofTests.environment(server.url, identity),
                        mayFail: true)
                }
                let place = StoreProofTests.repository
                let package = directories[1] + "/two-1.0-1.noarch.rpm"
                let verbs = [
                    ["publish", directories[0], place], ["add", place, package],
                    ["publish", directories[2], place], ["remove", place, "one"],
                    ["prune", place, "--keep", "1"], ["rollback", place], ["log", place],
                    ["verify", place, "--deep"], ["gc", place, "--retain", "0s"],
                ]
                for verb in verbs {
                    let result = try await run(as: publisher, verb)
                    #expect(result.exitCode == 0, "\(verb): \(result.errors)")
                }
                let outside = try await run(
                    as: publisher, ["publish", directories[0], "s3://rpms/el8"])
                #expect(outside.exitCode == 1 && outside.errors.contains("403"))

                let listed = try await run(as: reader, ["diff", place, directories[0]])
                #expect(listed.exitCode == 0, "\(listed.errors)")
                let four = try await RPMBuilder(directory: directories[0]).build(.init("four"))
                try await index(directories[0])
                let add = try await run(as: reader, ["add", place, four])
                let whole = try await run(as: reader, ["publish", directories[0], place])
                for (result, permission) in [(add, "s3:PutObject"), (whole, "s3:ListBucket")] {
                    #expect(result.exitCode == 1)
                    for word in ["403", "'rpms'", "readerKEY", "likely lacks \(permission)"] {
                        #expect(result.errors.contains(word), "\(word): \(result.errors)")
                    }
                }
                #expect(add.errors.contains("key 'el9/four-1.0-1.noarch.rpm'"))
            }
        }
    }

    /// SeaweedFS encrypts only with a key that it was given at its start; moto takes the words.
    @Test(
        .enabled(if: MotoServer.missing == nil, "needs moto_server: run scripts/setup"),
        arguments: [["AES256"], ["aws:kms", "--sse-kms-key-id", "alias/rpms"], ["aws:kms:dsse"]])
    func `encryption is asked for with each object`(options: [String]) async throws {
        try await withDirectories([.init("one")]) { directories in
            try await MotoServer.with { server in
                try await PolicyTests.client(server.url, "K", "S").createBucket("rpms")
                try await ThrottledForwarder.with(to: server.port) { forwarder in
                    try await HowdahProgram.run(
                        ["repo", "publish", directories[0], StoreProofTests.repository, "--sse"]
                            + options, environment: StoreProofTests.environment(forwarder.url))
                    let puts = forwarder.heads.filter { $0.hasPrefix("PUT ") }
                    // The package, three metadata files, copy and record, repomd.xml.
                    #expect(puts.count == 7)
                    let header = "|x-amz-server-side-encryption: \(options[0])|"
                    #expect(puts.allSatisfy { $0.contains(header) })
                    if options.count > 1 {
                        let key = "|x-amz-server-side-encryption-aws-kms-key-id: alias/rpms|"
                        #expect(puts.allSatisfy { $0.contains(key) })
                    }
                }
            }
        }
    }
}
