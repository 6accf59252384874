/// The ARN of a role's session: `arn:PARTITION:sts::ACCOUNT:assumed-role/ROLE/SESSION`
/// (IAM user guide, "IAM identifiers").
struct RoleARN: Equatable {
    static let maximumLength = 2048

    var account: String
    /// Without the role's path, which STS leaves out.
    var role: String
    var session: String

    /// Nil for anything but a role's session: users, root, other services.
    init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        let fields = text.split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0] == "arn", fields[1].hasPrefix("aws"),
            fields[2] == "sts", fields[3].isEmpty
        else { return nil }
        let parts = fields[5].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "assumed-role", !parts[1].isEmpty, !parts[2].isEmpty
        else { return nil }
        account = String(fields[4])
        role = String(parts[1])
        session = String(parts[2])
    }
}
