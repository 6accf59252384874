/// The panel's answer to `POST /v1/enrolment/challenge`: what a node must sign to show who it is.
public struct EnrolmentChallenge: Codable, Sendable, Equatable {
    /// Names this panel; signed, so that a proof made for one panel is worth nothing at another.
    public var serverID: String
    /// Issued once, accepted once.
    public var nonce: String
    /// Seconds until the panel forgets the nonce.
    public var expiresInSeconds: Int

    public init(serverID: String, nonce: String, expiresInSeconds: Int) {
        self.serverID = serverID
        self.nonce = nonce
        self.expiresInSeconds = expiresInSeconds
    }
}

/// The body of `POST /v1/enrolment`: the parts of a signed STS GetCallerIdentity request, from
/// which the panel builds the request itself (never a request or an address taken from the node).
public struct EnrolmentRequest: Codable, Sendable, Equatable {
    /// `x-amz-date` of the signed request, `YYYYMMDD'T'HHMMSS'Z'`.
    public var date: String
    public var region: String
    public var accessKeyID: String
    /// A temporary credential's token. Sent to the panel and on to STS, never stored or logged.
    public var sessionToken: String
    /// Lower-case hexadecimal, 64 digits.
    public var signature: String
    public var nonce: String
    /// What the node says of itself; the panel takes identity and role from STS and EC2 alone.
    public var node: NodeAddress
    /// This boot of the instance, where the node knows it: tells a reboot from a renewed token.
    public var bootID: String?

    public init(
        date: String, region: String, accessKeyID: String, sessionToken: String,
        signature: String, nonce: String, node: NodeAddress, bootID: String? = nil
    ) {
        self.date = date
        self.region = region
        self.accessKeyID = accessKeyID
        self.sessionToken = sessionToken
        self.signature = signature
        self.nonce = nonce
        self.node = node
        self.bootID = bootID
    }
}

/// Where a node is reached.
public struct NodeAddress: Codable, Sendable, Equatable {
    public var instanceID: String
    /// Dotted IPv4.
    public var address: String
    public var hostname: String
    public var availabilityZone: String

    public init(instanceID: String, address: String, hostname: String, availabilityZone: String) {
        self.instanceID = instanceID
        self.address = address
        self.hostname = hostname
        self.availabilityZone = availabilityZone
    }
}

/// The panel's answer to a proof that holds.
public struct Enrolment: Codable, Sendable, Equatable {
    /// `Authorization: Bearer …` of the node's later calls. Kept in memory alone.
    public var token: String
    public var expiresInSeconds: Int
    public var cluster: String
    /// The role that the panel derived from the STS identity or its launch record.
    public var role: String
    /// The node's name in the cluster, such as `slave-1`.
    public var name: String

    public init(token: String, expiresInSeconds: Int, cluster: String, role: String, name: String) {
        self.token = token
        self.expiresInSeconds = expiresInSeconds
        self.cluster = cluster
        self.role = role
        self.name = name
    }
}
