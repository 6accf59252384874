import AWS
import Digests
import RepoPublish
import Support
import Testing
import Transfer

/// Publishing to SeaweedFS, which signs, lists and compares as S3 does.
@Suite(.enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
struct PublishToS3Tests {
    @Test func `what was published is read back, and the slower publisher is told`() async throws {
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
        #expect(again.sent == [])

        let content = try Digest.of(readWhole(directory + "/one.rpm")).hex
        #expect(try await store.sha256("one.rpm") == content)
        try await store.delete("one.rpm")
        #expect(try await store.sha256("one.rpm") == nil)

        // Two prepare from the same state; the one that comes second changes nothing.
        let slow = Publisher(directory: directory, store: store)
        try await RPMBuilder(directory: directory).build(.init("slow"))
        try await index(directory, IndexOptions(keyFile: key), at: 2000)
        let prepared = try await slow.prepare()
        try await RPMBuilder(directory: directory).build(.init("fast"))
        try await index(directory, IndexOptions(keyFile: key), at: 3000)
        try await publish(directory, store)
        await #expect(throws: PublishError.self) { try await slow.publish(prepared) }
        let after = try await client.get(location.appending("repodata/repomd.xml"))
        #expect(try after.bytes == readWhole(directory + "/repodata/repomd.xml"))
        let signature = try await client.get(location.appending("repodata/repomd.xml.asc"))
        #expect(try signature.bytes == readWhole(directory + "/repodata/repomd.xml.asc"))
    }
}

private func client(_ server: SeaweedServer) throws -> S3Client {
    let admin = SeaweedServer.Identity.admin
    return try S3Client(
        settings: AWSSettings(region: "us-east-1", endpoints: [.s3: server.url]),
        credentials: StaticCredentials(
            Credentials(
                accessKeyID: admin.accessKeyID, secretAccessKey: admin.secretAccessKey)),
        transfer: TransferClient())
}

/// S3 answers a PUT of a bucket without the entity tag that objects have.
private func makeBucket(_ server: SeaweedServer) async throws {
    do {
        _ = try await client(server).put(.bytes([]), to: S3Location(bucket: "rpms", key: ""))
    } catch is UnreadableAnswer {
        return
    }
}
