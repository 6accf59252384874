import AWS
import Digests
import RepoPublish
import Support
import Testing
import Transfer

/// Publishing to SeaweedFS, which signs, lists and compares as S3 does.
@Suite(.enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
struct PublishToS3Tests {
    @Test func `what was published is read back, and nobody's packages are lost`() async throws {
        try await withSignedRepository { directory, key in
            try await SeaweedServer.with { server in
                try await check(directory, key, server)
            }
        }
    }

    private func check(_ directory: String, _ key: String, _ server: SeaweedServer) async throws {
        try await makeBucket(server)
        let client = try client(server)
        let location = try #require(S3Location("s3://rpms/el9/x86_64"))
        let store = S3Store(client: client, location: location)
        try await publish(directory, store)
        let repomd = try await client.get(location.appending("repodata/repomd.xml"))
        #expect(try repomd.bytes == readWhole(directory + "/repodata/repomd.xml"))
        let package = try await client.get(location.appending("sub/three+x.rpm"))
        #expect(try package.bytes == readWhole(directory + "/sub/three+x.rpm"))
        let again = try await publish(directory, store)
        #expect(!again.isChanged)

        try await withTemporaryDirectory { temporary in
            let content = try Digest.of(readWhole(directory + "/one.rpm"))
            let fetched = try await store.fetch("one.rpm", to: temporary + "/one", .sha256)
            #expect(fetched?.digest == content)
            try await store.delete("one.rpm")
            #expect(try await store.fetch("one.rpm", to: temporary + "/none", .sha256) == nil)
            try await publish(directory, store)
        }

        // Others publish meanwhile; nobody's packages are lost.
        for name in ["red", "green", "blue"] {
            let more = "\(parent(directory))/\(name)"
            try await RPMBuilder(directory: more).build(.init(name))
            try await index(more)
        }
        try await withThrowingTaskGroup { group in
            for name in ["red", "green", "blue"] {
                group.addTask {
                    try await publish("\(parent(directory))/\(name)", store, key: key)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await names(store) == ["blue", "green", "one", "red", "three", "two"])
        let report = try await RepositoryVerifier(
            store: store, isDeep: true, keyFiles: [parent(directory) + "/public.asc"]
        ).run()
        // Its packages are not signed.
        #expect(report.problems.count == 3)
    }
}

func client(_ server: SeaweedServer) throws -> S3Client {
    let admin = SeaweedServer.Identity.admin
    return try S3Client(
        settings: AWSSettings(region: "us-east-1", endpoints: [.s3: server.url]),
        credentials: StaticCredentials(
            Credentials(
                accessKeyID: admin.accessKeyID, secretAccessKey: admin.secretAccessKey)),
        transfer: TransferClient())
}

/// S3 answers a PUT of a bucket without the entity tag that objects have.
func makeBucket(_ server: SeaweedServer) async throws {
    do {
        _ = try await client(server).put(.bytes([]), to: S3Location(bucket: "rpms", key: ""))
    } catch is UnreadableAnswer {
        return
    }
}
