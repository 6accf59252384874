/// `PUT /v1/master` by the master, `GET /v1/master?wait=SECONDS` by everyone (204: not yet known).
public struct MasterRecord: Codable, Sendable, Equatable {
    public var instanceID: String
    /// Dotted IPv4.
    public var address: String
    public var hostname: String
    /// Goes up by one whenever another instance becomes master.
    public var generation: Int

    public init(instanceID: String, address: String, hostname: String, generation: Int) {
        self.instanceID = instanceID
        self.address = address
        self.hostname = hostname
        self.generation = generation
    }
}

/// `GET /v1/members`: every enrolled node, so that each can name the others in its hosts file.
public struct Member: Codable, Sendable, Equatable {
    public var name: String
    public var role: String
    public var address: String
    public var hostname: String
    /// By EC2's own record. Nil from older panels.
    public var zone: String?
    /// The same place in every account, such as `use1-az4`; nil where EC2 says none.
    public var zoneID: String?
    /// It is to be given no more work or data, before it goes. Nil where the panel leaves that to
    /// who keeps the lists by hand.
    public var isExcluded: Bool?

    public init(
        name: String, role: String, address: String, hostname: String, zone: String? = nil,
        zoneID: String? = nil, isExcluded: Bool? = nil
    ) {
        self.name = name
        self.role = role
        self.address = address
        self.hostname = hostname
        self.zone = zone
        self.zoneID = zoneID
        self.isExcluded = isExcluded
    }
}

/// `GET /v1/roll?unlike=REVISION&wait=SECONDS`: the members as soon as they are others than those
/// of the revision (204: not yet).
public struct MemberRoll: Codable, Sendable, Equatable {
    /// Names this state of the members; another one is another state.
    public var revision: String
    public var members: [Member]
    /// Nodes that went after they were emptied: no list of the excluded is to have them any more.
    /// Nil where there are none, and from older panels.
    public var released: [Member]?

    public init(revision: String, members: [Member], released: [Member]? = nil) {
        self.revision = revision
        self.members = members
        self.released = released
    }
}

/// `POST /v1/leaves/NAME`: may this node do a one-time preparation (format the NameNode)?
public struct Leave: Codable, Sendable, Equatable {
    /// False: the preparation was reported done, or belongs to another node.
    public var granted: Bool
    /// Why not, in words, where it was not granted.
    public var reason: String?

    public init(granted: Bool, reason: String? = nil) {
        self.granted = granted
        self.reason = reason
    }
}

/// The body of every refusal: one clear line, and a word for programs.
public struct APIError: Codable, Sendable, Equatable {
    /// Stable, such as `identity-refused`, `role-mismatch`, `two-masters`, `unknown-claim`.
    public var error: String
    public var message: String

    public init(error: String, message: String) {
        self.error = error
        self.message = message
    }
}
