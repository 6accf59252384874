/// `GET /v1/clusters/NAME/means`: what a cluster's instances and volumes are made of, and cost.
public struct ClusterMeans: Codable, Sendable, Equatable {
    /// How the instances of a role are made.
    public struct Template: Codable, Sendable, Equatable {
        public var role: String
        /// The launch template's name.
        public var template: String
        public var imageID: String
        public var instanceType: String
        /// Name of the instance profile.
        public var profile: String
        public var securityGroupIDs: [String]
        public var market: LaunchOrder.Market
        /// By `instance-prices` of `panel.yaml`, on demand; nil where it has none for the type.
        public var pricePerHour: Double?

        public init(
            role: String, template: String, imageID: String, instanceType: String,
            profile: String, securityGroupIDs: [String], market: LaunchOrder.Market,
            pricePerHour: Double?
        ) {
            self.role = role
            self.template = template
            self.imageID = imageID
            self.instanceType = instanceType
            self.profile = profile
            self.securityGroupIDs = securityGroupIDs
            self.market = market
            self.pricePerHour = pricePerHour
        }
    }

    public var cluster: String
    /// By role.
    public var templates: [Template]
    public var maximumNodes: Int
    /// What a GiB costs a month, by EBS type: `volume-prices` of `panel.yaml`.
    public var volumePrices: [String: Double]

    public init(
        cluster: String, templates: [Template], maximumNodes: Int, volumePrices: [String: Double]
    ) {
        self.cluster = cluster
        self.templates = templates
        self.maximumNodes = maximumNodes
        self.volumePrices = volumePrices
    }
}

/// `GET /v1/clusters/NAME/remains`: all that EC2 has with the cluster's tag, asked just now.
public struct ClusterRemains: Codable, Sendable, Equatable {
    public struct Instance: Codable, Sendable, Equatable {
        public var id: String
        /// EC2's word, such as `running`.
        public var state: String
        /// The node's name; nil for one that never enrolled.
        public var node: String?

        public init(id: String, state: String, node: String?) {
            self.id = id
            self.state = state
            self.node = node
        }
    }

    public var cluster: String
    /// All but those that are terminated.
    public var instances: [Instance]
    public var volumes: [VolumeView]
    /// Launches that EC2 has not made yet.
    public var launches: [String]

    public init(
        cluster: String, instances: [Instance], volumes: [VolumeView], launches: [String]
    ) {
        self.cluster = cluster
        self.instances = instances
        self.volumes = volumes
        self.launches = launches
    }
}
