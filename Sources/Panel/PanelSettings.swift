/// What `panel.yaml` says.
public struct PanelSettings: Sendable, Equatable {
    public static let defaultMetricsLimit = 4 << 30

    /// In the order of their names; at least one.
    public var clusters: [ClusterSettings]
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
    /// Where Graphite's and OpenTSDB's lines come in; nil: nowhere. Whoever reaches these ports
    /// is believed, as it is with carbon and tsd.
    public var graphite: ListenAddress?
    public var openTSDB: ListenAddress?
    /// Which part of a Graphite path is a host's name, from 0.
    public var graphiteHostPosition: Int?
    /// Where what comes in goes out again.
    public var forwards: [ForwardTarget] = []
    /// Bytes that the database may have in use before raw metrics last shorter.
    public var metricsLimit = defaultMetricsLimit
    /// What a GiB of a volume of a type costs a month, in the currency of who wrote it.
    public var volumePrices: [String: Double] = [:]
    /// Whether volumes are made encrypted; where not, as the account's default has it.
    public var encryptsVolumes = false
    /// What an hour costs, by instance type, in the same currency.
    public var instancePrices: [String: Double] = [:]
    public var access = AccessSettings()
    public var tls = TLSSettings.none

    public init(
        clusters: [ClusterSettings], host: String, port: Int, database: String,
        operatorTokenFile: String, region: String, account: String
    ) {
        self.clusters = clusters
        self.host = host
        self.port = port
        self.database = database
        self.operatorTokenFile = operatorTokenFile
        self.region = region
        self.account = account
    }
}
