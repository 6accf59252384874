/// What `panel.yaml` says of one cluster.
public struct ClusterSettings: Sendable, Equatable {
    public static let defaultHeartbeatSeconds = 60.0
    public static let defaultDownAfterSeconds = 180.0
    public static let defaultMaximumNodes = 10

    public var name: String
    /// IAM role name to the role of the stack that its instances have.
    public var roles: [String: String]
    public var heartbeatSeconds: Double
    /// Silence after which a node is down.
    public var downAfterSeconds: Double
    /// Where gmetad polls the cluster; nil: nowhere. Whoever reaches it reads, as with gmond.
    public var ganglia: ListenAddress?
    /// Hadoop's own pages on the master; none, unless it is said.
    public var hadoop = HadoopSettings()
    /// How the panel makes instances of a role; none where it is not to.
    public var launch: [String: LaunchSettings] = [:]
    public var scaling = ScalingSettings()
    /// Whether instances that it launched may tell by a plain GET that they live.
    public var takesOldHeartbeats = false
    /// The panel launches nothing that would bring the cluster above it.
    public var maximumNodes = defaultMaximumNodes
    /// A node is drained only if so many DataNodes are left.
    public var minimumNodes = 1

    public init(
        name: String, roles: [String: String],
        heartbeatSeconds: Double = defaultHeartbeatSeconds,
        downAfterSeconds: Double = defaultDownAfterSeconds
    ) {
        self.name = name
        self.roles = roles
        self.heartbeatSeconds = heartbeatSeconds
        self.downAfterSeconds = downAfterSeconds
    }
}

/// What an instance is, and in which cluster.
struct ClusterPlace: Sendable, Equatable {
    var cluster: String
    var role: String
}

extension PanelSettings {
    /// The cluster of this name; throws where a call names one that is none of this panel's.
    func cluster(_ name: String) throws(Refusal) -> ClusterSettings {
        guard let cluster = clusters.first(where: { $0.name == name }) else {
            throw .notFound("unknown-cluster", "this panel serves \(clusterNames)")
        }
        return cluster
    }

    /// The cluster of this name, or the only one where none is named.
    func cluster(orOnly name: String?) throws(Refusal) -> ClusterSettings {
        if let name { return try cluster(name) }
        guard clusters.count == 1, let only = clusters.first else {
            throw .badRequest("say which cluster: this panel serves \(clusterNames)")
        }
        return only
    }

    /// All that instances with an IAM role can be.
    func places(ofIAMRole name: String) -> [ClusterPlace] {
        clusters.compactMap { cluster in
            cluster.roles[name].map { ClusterPlace(cluster: cluster.name, role: $0) }
        }
    }

    private var clusterNames: String {
        clusters.map { "'\($0.name)'" }.joined(separator: ", ")
    }
}
