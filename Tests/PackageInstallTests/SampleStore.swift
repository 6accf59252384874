import AWS
import FoundationEssentials
import Support
import Transfer

/// A bucket of SeaweedFS with a repository in it.
struct SampleStore {
    static let bucket = "packages"

    let url: String
    var transfer = TransferClient()

    var settings: AWSSettings {
        AWSSettings(region: "us-east-1", endpoints: [.s3: url, .sts: url])
    }

    /// The same through another address, such as that of a proxy.
    func through(_ url: String) -> AWSSettings {
        AWSSettings(region: "us-east-1", endpoints: [.s3: url, .sts: url])
    }

    func makeBucket() async throws { try await admin().createBucket(Self.bucket) }

    func upload(_ directory: String, below prefix: String) async throws {
        let client = try admin()
        let names = try FileManager.default.subpathsOfDirectory(atPath: directory)
        for name in names where name.contains(".") {
            let bytes = try Data(contentsOf: URL(filePath: "\(directory)/\(name)"))
            let place = S3Location(bucket: Self.bucket, key: "\(prefix)/\(name)")
            _ = try await client.put(.bytes(Array(bytes)), to: place)
        }
    }

    func delete(_ key: String) async throws {
        try await admin().delete(S3Location(bucket: Self.bucket, key: key))
    }

    static let adminCredentials = Credentials(
        accessKeyID: "ADMINKEY", secretAccessKey: "adminsecret")

    func credentials(of role: SeaweedServer.Role) async throws -> Credentials {
        let user = Credentials(accessKeyID: "METADATAKEY", secretAccessKey: "metadatasecret")
        let client = try STSClient(
            settings: settings, credentials: StaticCredentials(user), transfer: transfer)
        return try await client.assumeRole(role.arn, sessionName: "i-1")
    }

    private func admin() throws -> S3Client {
        try S3Client(
            settings: settings, credentials: StaticCredentials(Self.adminCredentials),
            transfer: transfer)
    }
}
