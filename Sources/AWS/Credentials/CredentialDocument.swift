internal import FoundationEssentials

/// The JSON in which the metadata service, a container's endpoint and a `credential_process` give
/// credentials.
struct CredentialDocument: Decodable {
    var Version: Int?
    var Code: String?
    var AccessKeyId: String?
    var SecretAccessKey: String?
    /// As the metadata service and a container's endpoint call it.
    var Token: String?
    /// As a `credential_process` calls it.
    var SessionToken: String?
    var Expiration: String?

    struct Unreadable: Error {
        var reason: String
    }

    /// No reason quotes the document: it holds a secret.
    static func read(_ bytes: [UInt8]) throws(Unreadable) -> CredentialDocument {
        guard let document = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else {
            throw Unreadable(reason: "it is no json object")
        }
        guard document.Code ?? "Success" == "Success" else {
            throw Unreadable(reason: "its Code is '\(document.Code ?? "")', not 'Success'")
        }
        return document
    }

    /// `isTemporary`: there must be a token and an end.
    func credentials(isTemporary: Bool) throws(Unreadable) -> Credentials {
        guard let key = AccessKeyId, let secret = SecretAccessKey else {
            throw Unreadable(reason: "AccessKeyId or SecretAccessKey is missing")
        }
        let token = Token ?? SessionToken
        guard token != nil || !isTemporary else {
            throw Unreadable(reason: "AccessKeyId, SecretAccessKey or Token is missing")
        }
        let end = Expiration.flatMap(CredentialDocument.date)
        guard end != nil || (Expiration == nil && !isTemporary) else {
            throw Unreadable(reason: "Expiration is missing or no date")
        }
        return Credentials(
            accessKeyID: key, secretAccessKey: secret, sessionToken: token, expiration: end)
    }

    /// Programs write `+00:00` as well as `Z`.
    private static func date(_ text: String) -> Date? {
        AWSDate.parse(text.hasSuffix("+00:00") ? text.dropLast(6) + "Z" : text)
    }
}
