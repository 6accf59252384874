/// Credentials as `iam/security-credentials/ROLE` hands them out.
struct IssuedCredentials: Sendable, Equatable {
    var accessKeyID: String
    var secretAccessKey: String
    var sessionToken: String
    /// Seconds since 1970.
    var issuedSeconds: Double
    var expirationSeconds: Double

    /// Replaced when this much of its life is left, or half of it where it is short.
    static let renewalSeconds = 300.0

    func isFresh(now: Double) -> Bool {
        let life = expirationSeconds - issuedSeconds
        return expirationSeconds - now > min(Self.renewalSeconds, life / 2)
    }

    var json: String {
        MetadataTree.json([
            "Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": accessKeyID,
            "SecretAccessKey": secretAccessKey, "Token": sessionToken,
            "LastUpdated": Timestamp.iso(issuedSeconds),
            "Expiration": Timestamp.iso(expirationSeconds),
        ])
    }
}

/// Keeps a role's credentials and replaces them ahead of their end. One call to STS at a time.
actor RoleCredentials {
    typealias Issue = @Sendable (_ role: String) async throws -> IssuedCredentials

    private let issue: Issue
    private let now: @Sendable () -> Double
    private var kept: [String: IssuedCredentials] = [:]
    private var underway: [String: Task<IssuedCredentials, any Error>] = [:]

    /// `now` is seconds since 1970.
    init(now: @escaping @Sendable () -> Double, issue: @escaping Issue) {
        self.now = now
        self.issue = issue
    }

    func credentials(role: String) async throws -> IssuedCredentials {
        if let credentials = kept[role], credentials.isFresh(now: now()) { return credentials }
        if let task = underway[role] { return try await task.value }
        let task = Task { [issue] in try await issue(role) }
        underway[role] = task
        defer { underway[role] = nil }
        do {
            let credentials = try await task.value
            kept[role] = credentials
            return credentials
        } catch {
            // Still good ones are better than none while STS is away.
            if let credentials = kept[role], credentials.expirationSeconds > now() {
                return credentials
            }
            throw error
        }
    }
}
