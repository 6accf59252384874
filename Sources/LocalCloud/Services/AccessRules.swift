/// SeaweedFS's `iam.json`: the two roles, what they may do, and who may take them.
struct AccessRules: Encodable {
    /// Only the metadata services' user may take a role: with a wider principal an instance's own
    /// credentials could take the role again under another instance's name.
    static let principal = "arn:aws:iam::\(Lab.account):user/metadata"

    struct Tokens: Encodable {
        var tokenDuration: String
        var maxSessionLength = "12h"
        var issuer = "howdah-local"
        var signingKey: String
    }
    struct Defaults: Encodable {
        var defaultEffect = "Deny"
        var storeType = "memory"
    }
    struct Statement: Encodable {
        var Effect = "Allow"
        var Principal: [String: String]?
        var Action: [String]
        var Resource: [String]?
    }
    struct Document: Encodable {
        var Version = "2012-10-17"
        var Statement: [Statement]
    }
    struct Policy: Encodable {
        var name: String
        var document: Document
    }
    struct Role: Encodable {
        var roleName: String
        var roleArn: String
        var trustPolicy: Document
        var attachedPolicies: [String]
    }

    var sts: Tokens
    var policy = Defaults()
    var policies: [Policy]
    var roles: [Role]

    /// `tokenDuration` is how long credentials live, as Go writes it (`1h`, `20s`).
    init(_ secrets: LabSecrets, tokenDuration: String) {
        sts = Tokens(tokenDuration: tokenDuration, signingKey: secrets.storageSigning)
        policies = [
            Policy(
                name: "read-packages",
                document: Document(Statement: [
                    Statement(
                        Action: ["s3:GetObject"],
                        Resource: ["arn:aws:s3:::\(Lab.bucket)/\(Lab.repository)/*"])
                ]))
        ]
        roles = [Lab.masterRole, Lab.slaveRole].map { name in
            Role(
                roleName: name, roleArn: Self.roleARN(name),
                trustPolicy: Document(Statement: [
                    Statement(Principal: ["AWS": Self.principal], Action: ["sts:AssumeRole"])
                ]),
                attachedPolicies: ["read-packages"])
        }
    }

    /// SeaweedFS knows its roles without an account.
    static func roleARN(_ name: String) -> String { "arn:aws:iam::role/\(name)" }
}
