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
    /// Every instance that carries the launch's tag and has not ended.
    func instances(taggedWithLaunch id: String) async throws(CloudError) -> [CloudInstance]
    /// Every instance that carries the cluster's tag, those that ended lately too.
    func instances(ofCluster name: String) async throws(CloudError) -> [CloudInstance]
    /// Starts one instance of a launch template.
    func launch(_ order: InstanceOrder) async throws(CloudError) -> CloudInstance
    /// Ends an instance for good; asking again changes nothing.
    func terminate(instance id: String) async throws(CloudError)
    /// Whether EC2 would refuse to end it, until somebody takes the protection off.
    func isProtected(instance id: String) async throws(CloudError) -> Bool
    /// Every volume that carries the cluster's tag.
    func volumes(ofCluster name: String) async throws(CloudError) -> [CloudVolume]
    /// Every snapshot that carries the operation's tag.
    func snapshots(taggedWithOperation id: String) async throws(CloudError) -> [CloudSnapshot]
    /// Begins a snapshot.
    func snapshot(
        volume id: String, description: String, tags: [String: String]
    ) async throws(CloudError)
    /// Deletes a volume with all that is on it.
    func delete(volume id: String) async throws(CloudError)
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
    /// EC2's id of the zone; nil where it says none.
    public var zoneID: String?
    public var tags: [String: String]

    public init(
        id: String, state: String, privateIP: String?, privateName: String? = nil, zone: String,
        zoneID: String? = nil, tags: [String: String]
    ) {
        self.id = id
        self.state = state
        self.privateIP = privateIP
        self.privateName = privateName
        self.zone = zone
        self.zoneID = zoneID
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
    public var sizeGiB: Int
    /// Such as `gp3`.
    public var type: String
    public var tags: [String: String]

    public init(
        id: String, state: String, zone: String, snapshotID: String?, createdAt: Double?,
        attachments: [Attachment], sizeGiB: Int = 0, type: String = "gp3",
        tags: [String: String] = [:]
    ) {
        self.id = id
        self.state = state
        self.zone = zone
        self.snapshotID = snapshotID
        self.createdAt = createdAt
        self.attachments = attachments
        self.sizeGiB = sizeGiB
        self.type = type
        self.tags = tags
    }
}

/// A copy of a volume.
public struct CloudSnapshot: Sendable, Equatable {
    public var id: String
    /// `pending`, `completed`, `error`.
    public var state: String

    public init(id: String, state: String) {
        self.id = id
        self.state = state
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

/// An instance to be started.
public struct InstanceOrder: Sendable, Equatable {
    /// The launch template's name; its default version.
    public var template: String
    /// Nil for the default subnet.
    public var subnetID: String?
    public var isSpot: Bool
    public var userData: String
    public var tags: [String: String]
    /// EC2's ClientToken, where the cloud heeds it.
    public var token: String

    public init(
        template: String, subnetID: String?, isSpot: Bool, userData: String,
        tags: [String: String], token: String
    ) {
        self.template = template
        self.subnetID = subnetID
        self.isSpot = isSpot
        self.userData = userData
        self.tags = tags
        self.token = token
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
