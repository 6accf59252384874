/// A volume that carries a cluster's tag, as `GET /v1/clusters/NAME/volumes` lists it.
public struct VolumeView: Codable, Sendable, Equatable {
    public enum Use: String, Codable, Sendable, CaseIterable {
        /// A node that is not over has it.
        case claimed
        /// Making a file system on it was cut off; it is kept to be looked at.
        case setAside = "set-aside"
        /// No node has it: its node is over, or the panel knows of none.
        case orphan
        /// An orphan that waits for the next node of a role.
        case offered
    }

    public var id: String
    public var use: Use
    /// EC2's word, such as `available`.
    public var state: String
    public var sizeGiB: Int
    public var type: String
    public var zone: String
    /// The node that has it, or had it last.
    public var node: String?
    public var mount: String?
    /// Instances that EC2 has it on.
    public var attachedTo: [String]
    /// By `prices` of `panel.yaml`; nil where it has none for the type.
    public var costPerMonth: Double?

    public init(
        id: String, use: Use, state: String, sizeGiB: Int, type: String, zone: String,
        node: String?, mount: String?, attachedTo: [String], costPerMonth: Double?
    ) {
        self.id = id
        self.use = use
        self.state = state
        self.sizeGiB = sizeGiB
        self.type = type
        self.zone = zone
        self.node = node
        self.mount = mount
        self.attachedTo = attachedTo
        self.costPerMonth = costPerMonth
    }
}

/// `POST /v1/clusters/NAME/volumes/ID/operations`.
public struct VolumeOperationOrder: Codable, Sendable, Equatable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Off an instance that does not run.
        case detach
        case snapshot
        /// After a snapshot that is whole.
        case delete
    }

    public var kind: Kind
    /// For `delete`: the volume's id once more, as typed by who wants it.
    public var confirm: String?

    public init(kind: Kind, confirm: String? = nil) {
        self.kind = kind
        self.confirm = confirm
    }
}

/// How far an operation on a volume has come.
public struct VolumeOperation: Codable, Sendable, Equatable {
    public enum State: String, Codable, Sendable, CaseIterable {
        case working, done, failed
    }

    public var id: String
    public var volumeID: String
    public var kind: VolumeOperationOrder.Kind
    public var state: State
    /// The copy that was made; nil before.
    public var snapshotID: String?
    public var requestedBy: String
    /// Seconds since 1970, as the panel's clock has them.
    public var requestedAt: Double
    public var endedAt: Double?
    public var problem: String?

    public init(
        id: String, volumeID: String, kind: VolumeOperationOrder.Kind, state: State,
        snapshotID: String?, requestedBy: String, requestedAt: Double, endedAt: Double?,
        problem: String?
    ) {
        self.id = id
        self.volumeID = volumeID
        self.kind = kind
        self.state = state
        self.snapshotID = snapshotID
        self.requestedBy = requestedBy
        self.requestedAt = requestedAt
        self.endedAt = endedAt
        self.problem = problem
    }
}

/// `POST /v1/clusters/NAME/volumes/ID/offer`: the next node of this role, in the volume's zone,
/// that asks for a volume for this mount gets this one with what is on it.
public struct VolumeOffer: Codable, Sendable, Equatable {
    public var role: String
    public var mount: String

    public init(role: String, mount: String) {
        self.role = role
        self.mount = mount
    }
}
