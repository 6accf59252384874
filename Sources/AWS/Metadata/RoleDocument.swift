internal import FoundationEssentials

/// The JSON of `iam/security-credentials/ROLE`.
struct RoleDocument: Decodable {
    var Code: String?
    var AccessKeyId: String?
    var SecretAccessKey: String?
    var Token: String?
    var Expiration: String?

    /// No message quotes the document: it holds a secret.
    static func credentials(
        _ bytes: [UInt8], _ failure: (String) -> MetadataError
    ) throws(MetadataError) -> Credentials {
        guard let document = try? JSONDecoder().decode(RoleDocument.self, from: Data(bytes)) else {
            throw failure("it is no json object")
        }
        guard document.Code ?? "Success" == "Success" else {
            throw failure("its Code is '\(document.Code ?? "")', not 'Success'")
        }
        guard let key = document.AccessKeyId, let secret = document.SecretAccessKey,
            let token = document.Token
        else { throw failure("AccessKeyId, SecretAccessKey or Token is missing") }
        guard let expiration = document.Expiration.flatMap(AWSDate.parse) else {
            throw failure("Expiration is missing or no date")
        }
        return Credentials(
            accessKeyID: key, secretAccessKey: secret, sessionToken: token,
            expiration: expiration)
    }
}
