/// The body of `POST /v1/enrolment/key`, for clouds without STS: signed with a key that the node
/// made, and brought in once by a token that an operator had made.
public struct KeyEnrolmentRequest: Codable, Sendable, Equatable {
    /// Of Ed25519: 64 digits, lower-case hexadecimal.
    public var publicKey: String
    /// Of `statement`: 128 digits, lower-case hexadecimal.
    public var signature: String
    public var nonce: String
    /// Nil where user-data has none, which it needs only until the panel knows the key.
    public var token: String?
    public var node: NodeAddress
    /// This boot of the instance.
    public var bootID: String?

    public init(
        publicKey: String, signature: String = "", nonce: String, token: String?,
        node: NodeAddress, bootID: String?
    ) {
        self.publicKey = publicKey
        self.signature = signature
        self.nonce = nonce
        self.token = token
        self.node = node
        self.bootID = bootID
    }

    /// What is signed: each part on a line of its own, which none can leave. A signature is worth
    /// nothing at another panel, nor for another nonce.
    public func statement(serverID: String) -> [UInt8] {
        let parts = [
            "howdah key enrolment 1", serverID, nonce, publicKey, token ?? "", node.instanceID,
            node.address, node.hostname, node.availabilityZone, bootID ?? "",
        ]
        return Array(parts.joined(separator: "\n").utf8)
    }
}

/// The body of `POST /v1/enrolment-tokens`, with a token of the role `operator`.
public struct EnrolmentTokenOrder: Codable, Sendable, Equatable {
    /// Nil where the panel has one cluster alone.
    public var cluster: String?
    /// What the node that uses it will be.
    public var role: String
    /// Nil for any instance, or any address, that EC2 has running.
    public var instanceID: String?
    public var address: String?
    public var lifeSeconds: Int

    public init(
        cluster: String? = nil, role: String, instanceID: String?, address: String?,
        lifeSeconds: Int
    ) {
        self.cluster = cluster
        self.role = role
        self.instanceID = instanceID
        self.address = address
        self.lifeSeconds = lifeSeconds
    }
}

/// What the panel keeps of a one-time token, which is not the token itself.
public struct EnrolmentToken: Codable, Sendable, Equatable {
    /// Names it for people.
    public var id: String
    public var cluster: String
    public var role: String
    public var instanceID: String?
    public var address: String?
    /// Seconds since 1970, as the panel's clock has them.
    public var createdAt: Double
    public var expiresAt: Double
    /// When, and by which instance, it was used; nil before.
    public var usedAt: Double?
    public var usedBy: String?

    public init(
        id: String, cluster: String, role: String, instanceID: String?, address: String?,
        createdAt: Double, expiresAt: Double, usedAt: Double? = nil, usedBy: String? = nil
    ) {
        self.id = id
        self.cluster = cluster
        self.role = role
        self.instanceID = instanceID
        self.address = address
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.usedAt = usedAt
        self.usedBy = usedBy
    }
}

/// The answer to an order: the only time that the token is told.
public struct NewEnrolmentToken: Codable, Sendable, Equatable {
    public var token: String
    public var record: EnrolmentToken

    public init(token: String, record: EnrolmentToken) {
        self.token = token
        self.record = record
    }
}
