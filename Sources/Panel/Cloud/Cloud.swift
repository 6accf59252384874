/// EC2, as far as the panel needs it. The panel's own credentials stand behind it.
public protocol Cloud: Sendable {
    /// What EC2 says of these instances; those that it does not know are left out.
    func instances(_ ids: [String]) async throws(CloudError) -> [CloudInstance]
    /// The volume; nil if EC2 does not know it.
    func volume(_ id: String) async throws(CloudError) -> CloudVolume?
    /// Every volume that carries the claim's tag.
    func volumes(taggedWithClaim id: String) async throws(CloudError) -> [CloudVolume]
    /// Every volume that is attached to the instance or on its way there or back.
    func volumes(attachedTo instanceID: String) async throws(CloudError) -> [CloudVolume]
    func createVolume(_ order: VolumeOrder) async throws(CloudError) -> CloudVolume
    func attach(volume id: String, to instanceID: String, device: String) async throws(CloudError)
    /// Never by force.
    func detach(volume id: String, from instanceID: String) async throws(CloudError)
    func tag(volume id: String, _ tags: [String: String]) async throws(CloudError)
}

/// An instance, as EC2 describes it.
public struct CloudInstance: Sendable, Equatable {
    public var id: String
    /// EC2's word, such as `running`.
    public var state: String
    /// Dotted IPv4; nil before it has one and after its end.
    public var privateIP: String?
    /// EC2's private DNS name; nil where it says none.
    public var privateName: String?
    public var zone: String
    public var tags: [String: String]

    public init(
        id: String, state: String, privateIP: String?, privateName: String? = nil, zone: String,
        tags: [String: String]
    ) {
        self.id = id
        self.state = state
        self.privateIP = privateIP
        self.privateName = privateName
        self.zone = zone
        self.tags = tags
    }
}

/// A volume, as EC2 describes it.
public struct CloudVolume: Sendable, Equatable {
    public struct Attachment: Sendable, Equatable {
        public var instanceID: String
        public var device: String
        /// `attaching`, `attached`, `detaching`, `busy`.
        public var state: String

        public init(instanceID: String, device: String, state: String) {
            self.instanceID = instanceID
            self.device = device
            self.state = state
        }
    }

    public var id: String
    /// `creating`, `available`, `in-use`, `deleting`, `deleted`, `error`.
    public var state: String
    public var zone: String
    public var snapshotID: String?
    /// Seconds since 1970; nil where the cloud does not say.
    public var createdAt: Double?
    public var attachments: [Attachment]

    public init(
        id: String, state: String, zone: String, snapshotID: String?, createdAt: Double?,
        attachments: [Attachment]
    ) {
        self.id = id
        self.state = state
        self.zone = zone
        self.snapshotID = snapshotID
        self.createdAt = createdAt
        self.attachments = attachments
    }
}

/// A volume to be made for a claim.
public struct VolumeOrder: Sendable, Equatable {
    public var claimID: String
    /// EC2's ClientToken, where the cloud heeds it: of the claim and its generation.
    public var token: String
    public var zone: String
    public var sizeGiB: Int
    public var type: String
    public var tags: [String: String]

    public init(
        claimID: String, token: String, zone: String, sizeGiB: Int, type: String,
        tags: [String: String]
    ) {
        self.claimID = claimID
        self.token = token
        self.zone = zone
        self.sizeGiB = sizeGiB
        self.type = type
        self.tags = tags
    }
}

/// An EC2 call that did not work.
public struct CloudError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The same call may work later: throttled, unreachable, failing inside.
    public var isTransient: Bool
    public var description: String

    public init(isTransient: Bool, _ description: String) {
        self.isTransient = isTransient
        self.description = description
    }
}
