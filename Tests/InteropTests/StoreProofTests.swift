import AWS
import FoundationEssentials
import Glibc
import RepoPublish
import Support
import Testing

/// The program against SeaweedFS, which checks signatures and policies.
@Suite(.serialized, .enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
struct StoreProofTests {
    static let repository = "s3://rpms/el9"

    static func environment(
        _ url: String, _ identity: SeaweedServer.Identity = .admin
    ) -> [String: String] {
        [
            "AWS_ENDPOINT_URL_S3": url, "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": identity.accessKeyID,
            "AWS_SECRET_ACCESS_KEY": identity.secretAccessKey,
        ]
    }

    private func store(_ server: SeaweedServer) throws -> S3Store {
        S3Store(
            client: try client(server), location: try #require(S3Location(Self.repository)))
    }

    @Test func `states come back, and what no state needs goes`() async throws {
        let packages: [RPMBuilder.Package] = [.init("one"), .init("two"), .init("three")]
        try await withDirectories(packages) { directories in
            try await SeaweedServer.with { server in
                try await makeBucket(server)
                let store = try store(server)
                @Sendable func run(_ words: String...) async throws {
                    try await HowdahProgram.run(
                        ["repo"] + words, environment: Self.environment(server.url))
                }
                for directory in directories {
                    try await run("publish", directory, Self.repository)
                }
                let last = try await store.read("repodata/repomd.xml", limit: 1 << 20)
                try await run("rollback", Self.repository)
                #expect(try await names(store) == ["one", "two"])
                let log = try await RepositoryLog.read(store, limit: 10)
                #expect(log.entries.map(\.verb) == ["rollback", "publish", "publish", "publish"])
                let revision = try #require(
                    log.entries.first { $0.added.contains("three-1.0-1.noarch") })
                try await run("rollback", Self.repository, "--to", revision.revision)
                #expect(
                    try await store.read("repodata/repomd.xml", limit: 1 << 20)?.bytes
                        == last?.bytes)
                #expect(try await verify(store).problems.isEmpty)

                try await run("remove", Self.repository, "one", "three")
                try await run("gc", Self.repository)
                #expect(try await store.head("packages/one") == nil)
                let before = try #require(try await store.list(""))
                #expect(before.keys.filter { $0.hasSuffix(".rpm") }.count == 3)
                let outcome = try await GarbageCollection(
                    store: store, retention: 0, now: { Int64(time(nil)) + 3600 }
                ).run(isDryRun: false)
                #expect(outcome.removed.count > 2)
                let after = try #require(try await store.list(""))
                #expect(after.keys.filter { $0.hasSuffix(".rpm") } == ["two-1.0-1.noarch.rpm"])
                // repomd.xml, three files that it names, its copy and record.
                #expect(after.count == 7)
                #expect(try await verify(store).problems.isEmpty)
                #expect(try await verify(store).unreferenced == [])
            }
        }
    }

    @Test func `a publisher that was killed in a big package is gone on with`() async throws {
        try await withTemporaryDirectory { directory in
            let repository = directory + "/repo"
            let package = try await bigPackage(repository)
            try await HowdahProgram.run(["repo", "index", repository])
            let size = try readWhole(package).count
            try await SeaweedServer.with { server in
                try await makeBucket(server)
                let publish = ["repo", "publish", repository, Self.repository]
                // Four parts of 16 MiB are under way at once: behind 68 MiB one is whole.
                try await ThrottledForwarder.with(to: server.port, limit: 68 << 20) { forwarder in
                    let process = try ServerProcess.start(
                        HowdahProgram.path, publish,
                        environment: Self.environment(forwarder.url),
                        logPath: directory + "/killed.log")
                    defer { process.stop() }
                    try await process.wait(for: "the first parts") { forwarder.isStalled }
                    #expect(process.isRunning)
                }
                let store = try store(server)
                #expect(try await store.head("repodata/repomd.xml") == nil)
                try await ThrottledForwarder.with(to: server.port) { forwarder in
                    try await HowdahProgram.run(
                        publish, environment: Self.environment(forwarder.url))
                    #expect(forwarder.total < size - (16 << 20))
                }
                #expect(try await verify(store).problems.isEmpty)
            }
        }
    }

    @Test(.enabled(if: Command.exists("script"), "needs script of bsdutils"))
    func `on a terminal each part of a big package moves the bar`() async throws {
        try await withTemporaryDirectory { directory in
            let repository = directory + "/repo"
            _ = try await bigPackage(repository)
            try await HowdahProgram.run(["repo", "index", repository])
            try await SeaweedServer.with { server in
                try await makeBucket(server)
                let shown = try await HowdahTerminal.run(
                    ["repo", "publish", repository, Self.repository],
                    environment: Self.environment(server.url))
                let steps = Set(
                    shown.split(separator: "0/1 packages, ").dropFirst().map {
                        $0.prefix { $0 != " " }
                    })
                #expect(steps.count >= 4, "\(steps)")
                #expect(shown.contains("1/1 packages"))
            }
        }
    }

    /// Of more than the 64 MiB from which on files go by parts, and that nothing packs.
    private func bigPackage(_ directory: String) async throws -> String {
        let spec = """
            %global _binary_payload w.ufdio
            Name: big
            Version: 1
            Release: 1
            Summary: Big
            License: MIT
            BuildArch: noarch
            AutoReqProv: no
            %description
            Big.
            %install
            mkdir -p %{buildroot}/usr/share
            head -c \(84 << 20) /dev/urandom > %{buildroot}/usr/share/big
            %files
            /usr/share/big
            """
        let built = try await RPMBuilder(directory: directory).build(spec: spec, arch: "noarch")
        return try #require(built.first)
    }
}

/// Our program on a terminal of script(1).
enum HowdahTerminal {
    /// All that it showed.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], mayFail: Bool = false
    ) async throws -> String {
        let words = ([HowdahProgram.path] + arguments).map { "'\($0)'" }.joined(separator: " ")
        return try await Command.run(
            "script", ["-q", "-e", "-c", words, "/dev/null"], environment: environment,
            mayFail: mayFail
        ).output
    }
}
