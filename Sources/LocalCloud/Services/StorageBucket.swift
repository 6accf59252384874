internal import AWS
internal import FoundationEssentials
internal import Transfer

/// Makes a bucket (S3 API reference, CreateBucket).
struct StorageBucket: Sendable {
    let endpoint: String
    let key: LabSecrets.Key
    let transfer: TransferClient

    /// That it is there already is no error.
    func make(_ name: String) async throws {
        let credentials = Credentials(accessKeyID: key.id, secretAccessKey: key.secret)
        let host = endpoint.split(separator: "/").last.map(String.init) ?? endpoint
        let signed = SigV4.sign(
            SigV4.Request(method: "PUT", path: "/\(name)", headers: ["host": host]),
            credentials: credentials, region: "us-east-1", service: "s3", date: Date(),
            style: .s3)
        let answer = try await transfer.send(
            HTTPRequest(
                "PUT", "\(endpoint)/\(name)", headers: signed.headers, proxyBypass: true))
        guard answer.isSuccess || answer.status == 409 else {
            throw LabError("the bucket '\(name)' could not be made: status \(answer.status)")
        }
    }
}
