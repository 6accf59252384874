/// Which of Hadoop's own pages of a cluster the panel reads, the master's if nothing else is said;
/// by port, nil for none.
public struct HadoopSettings: Sendable, Equatable {
    /// `/jmx`: 9870 of Hadoop 3, 50070 before.
    public var nameNode: Int?
    /// `/jmx` of each node's DataNode, where one runs: 9864, 50075 before.
    public var dataNode: Int?
    /// `/scheduler?advanced` and `/jmx`: 50030.
    public var jobTracker: Int?
    /// `/ws/v1/cluster/scheduler` and `/ws/v1/cluster/metrics`: 8088.
    public var resourceManager: Int?

    /// HDFS's superuser, as whom the NameNode is asked which files are being written.
    public var user = "hdfs"

    public init() {}

    static let keys = ["namenode", "datanode", "jobtracker", "resourcemanager"]

    subscript(_ key: String) -> Int? {
        get {
            switch key {
            case "namenode": nameNode
            case "datanode": dataNode
            case "jobtracker": jobTracker
            case "resourcemanager": resourceManager
            default: nil
            }
        }
        set {
            switch key {
            case "namenode": nameNode = newValue
            case "datanode": dataNode = newValue
            case "jobtracker": jobTracker = newValue
            case "resourcemanager": resourceManager = newValue
            default: break
            }
        }
    }
}
