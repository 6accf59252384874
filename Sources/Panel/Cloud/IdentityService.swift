internal import PanelAPI

/// STS, as far as the panel needs it.
public protocol IdentityService: Sendable {
    /// Builds the GetCallerIdentity request that the proof's parts belong to, sends it to the
    /// panel's own STS endpoint, and returns the ARN that STS answers with.
    func callerARN(of proof: ProofParts) async throws(IdentityError) -> String
}

/// What a node signed, with what the panel knows itself.
public struct ProofParts: Sendable, Equatable {
    public var serverID: String
    public var nonce: String
    public var date: String
    public var region: String
    public var accessKeyID: String
    public var sessionToken: String
    public var signature: String

    public init(
        serverID: String, nonce: String, date: String, region: String, accessKeyID: String,
        sessionToken: String, signature: String
    ) {
        self.serverID = serverID
        self.nonce = nonce
        self.date = date
        self.region = region
        self.accessKeyID = accessKeyID
        self.sessionToken = sessionToken
        self.signature = signature
    }
}

extension ProofParts: CustomStringConvertible {
    /// Without the token and the signature.
    public var description: String { "proof of '\(accessKeyID)' of \(date)" }
}

/// Why STS did not say who it was.
public enum IdentityError: Error, Sendable, Equatable {
    /// STS says that the signature or the credentials are not good; with its own code.
    case refused(code: String)
    case unavailable(cause: String)
}
