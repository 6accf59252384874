import AWS
import FoundationEssentials
import RepoPublish
import Support
import Synchronization
import Testing

/// Eight publishers at once that are killed at random, and readers all the while. A seed that
/// failed comes back with `HOWDAH_SEED`.
@Suite(.serialized) struct PublishTogetherTests {
    static var seed: UInt64 {
        let given = ProcessInfo.processInfo.environment["HOWDAH_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: 0...UInt64(UInt32.max))
        print("HOWDAH_SEED=\(seed)")
        return seed
    }

    @Test(.enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
    func `nobody's packages are lost in S3, and no reader fails`() async throws {
        let anyone = SeaweedServer.Identity(
            "anonymous", accessKeyID: "NOBODY", secretAccessKey: "nobody", actions: ["Read:rpms"])
        try await SeaweedServer.with(identities: [.admin, anyone]) { server in
            try await makeBucket(server)
            try await withTemporaryDirectory { folder in
                let admin = SeaweedServer.Identity.admin
                let crowd = PublisherCrowd(
                    folder: folder, repository: "s3://rpms/el9",
                    environment: [
                        "AWS_ENDPOINT_URL_S3": server.url, "AWS_REGION": "us-east-1",
                        "AWS_ACCESS_KEY_ID": admin.accessKeyID,
                        "AWS_SECRET_ACCESS_KEY": admin.secretAccessKey,
                    ], publishers: 8, rounds: 3, seed: Self.seed)
                let location = try #require(S3Location("s3://rpms/el9"))
                try await check(
                    crowd, S3Store(client: try client(server), location: location),
                    url: "\(server.url)/rpms/el9/")
            }
        }
    }

    @Test func `nobody's packages are lost in a directory, and no reader fails`() async throws {
        try await withTemporaryDirectory { folder in
            let crowd = PublisherCrowd(
                folder: folder, repository: folder + "/repository", environment: [:],
                publishers: 8, rounds: 2, seed: Self.seed)
            try await check(
                crowd, DirectoryStore(root: crowd.repository), url: "file://\(crowd.repository)")
        }
    }

    private func check(
        _ crowd: PublisherCrowd, _ store: any ObjectStore, url: String
    ) async throws {
        try await crowd.prepare()
        let base = crowd.folder + "/base"
        try await RPMBuilder(directory: base).build(.init("base"))
        try await index(base)
        try await publish(base, store)
        let isDone = DoneFlag()
        async let reads = read(store, until: isDone)
        async let dnfs = readWithDnf(crowd.folder, url, until: isDone)
        let result: (names: [String], kills: Int)
        do {
            result = try await crowd.run()
        } catch {
            isDone.set()
            throw error
        }
        isDone.set()
        let counts = (try await reads, try await dnfs)
        print("\(result.kills) kills, \(counts.0) reads, \(counts.1) runs of dnf")
        #expect(counts.0 > 0)
        #expect(result.names.sorted() == crowd.names.sorted())
        #expect(try await names(store) == (crowd.names + ["base"]).sorted())
        #expect(try await verify(store).problems == [])
        let log = try await RepositoryLog.read(store, limit: 1000)
        let told = Set(log.entries.flatMap(\.added))
        #expect(told == Set(crowd.names.map { "\($0)-1-1.noarch" } + ["base-1.0-1.noarch"]))
    }

    /// Reads as a careful client does, over and over.
    private func read(
        _ store: any ObjectStore, until isDone: DoneFlag
    ) async throws -> Int {
        var count = 0
        while !isDone.isSet {
            #expect(try await verify(store, isDeep: false).problems == [])
            count += 1
            try await Task.sleep(for: .milliseconds(100))
        }
        return count
    }

    private func readWithDnf(
        _ folder: String, _ url: String, until isDone: DoneFlag
    ) async throws -> Int {
        guard Command.exists("dnf") else { return 0 }
        let dnf = try Dnf(directory: folder + "/dnf", url: url, isSigned: false)
        var count = 0
        while !isDone.isSet {
            let list = try await dnf.run(["repoquery", "--refresh", "--available"])
            #expect(list.contains("base"))
            count += 1
        }
        return count
    }
}

private final class DoneFlag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .relaxed) }

    func set() { value.store(true, ordering: .relaxed) }
}
