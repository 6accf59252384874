/// The answer to GetCallerIdentity.
public struct CallerIdentity: Sendable, Equatable {
    /// Such as `arn:aws:sts::123456789012:assumed-role/ROLE/SESSION`.
    public var arn: String
    public var account: String
    public var userID: String

    public init(arn: String, account: String, userID: String) {
        self.arn = arn
        self.account = account
        self.userID = userID
    }

    /// Role and session of an assumed role; nil for a user. On EC2 the session is the instance id.
    public var assumedRole: (role: String, session: String)? {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "sts" else { return nil }
        let resource = parts[5].split(separator: "/", omittingEmptySubsequences: false)
        guard resource.count == 3, resource[0] == "assumed-role" else { return nil }
        return (String(resource[1]), String(resource[2]))
    }

    static func read(_ body: [UInt8]) throws -> CallerIdentity {
        func unreadable(_ reason: String) -> UnreadableAnswer {
            UnreadableAnswer(service: "sts", operation: "GetCallerIdentity", reason: reason)
        }
        let document: XMLElement
        do {
            document = try XMLElement.parse(body)
        } catch {
            throw unreadable("\(error)")
        }
        guard document.name == "GetCallerIdentityResponse",
            let result = document["GetCallerIdentityResult"], let arn = result.value("Arn"),
            let account = result.value("Account")
        else { throw unreadable("there is no arn or no account") }
        return CallerIdentity(arn: arn, account: account, userID: result.value("UserId") ?? "")
    }
}
