/// What `panel.yaml` says.
public struct PanelSettings: Sendable, Equatable {
    public static let defaultHeartbeatSeconds = 60.0
    public static let defaultDownAfterSeconds = 180.0

    public var cluster: String
    public var host: String
    /// 0 lets the system choose a free one.
    public var port: Int
    /// Path of the SQLite file.
    public var database: String
    /// Path of a file that holds the operator's token and nothing else.
    public var operatorTokenFile: String
    public var region: String
    /// The AWS account that nodes must belong to, 12 digits.
    public var account: String
    /// IAM role name to the role of the stack that its instances have.
    public var roles: [String: String]
    public var heartbeatSeconds: Double
    /// Silence after which a node is down.
    public var downAfterSeconds: Double

    public init(
        cluster: String, host: String, port: Int, database: String, operatorTokenFile: String,
        region: String, account: String, roles: [String: String],
        heartbeatSeconds: Double = defaultHeartbeatSeconds,
        downAfterSeconds: Double = defaultDownAfterSeconds
    ) {
        self.cluster = cluster
        self.host = host
        self.port = port
        self.database = database
        self.operatorTokenFile = operatorTokenFile
        self.region = region
        self.account = account
        self.roles = roles
        self.heartbeatSeconds = heartbeatSeconds
        self.downAfterSeconds = downAfterSeconds
    }
}
