/// What is fixed for a lab's life. Kept in `lab.json`; holds no secret.
public struct Lab: Codable, Sendable, Equatable {
    /// Six hexadecimal digits; part of the name of all that it makes on the machine.
    public var id: String
    public var isolation: Isolation
    public var form: InstanceForm
    /// What instances boot from; light ones have none.
    public var images: LabImages?
    public var cluster: String
    public var region: String
    public var zone: String
    /// The third number of its addresses, 10.77.N.0/24 or 127.0.N.0/24.
    public var network: Int
    public var ports: LabPorts
    /// The first of the four gRPC ports that SeaweedFS has, see `StorageSockets`.
    public var storagePort: Int

    public init(
        id: String, isolation: Isolation = .namespaces, form: InstanceForm = .light,
        images: LabImages? = nil, cluster: String = "local",
        region: String = "us-east-1", zone: String = "us-east-1a", network: Int = 0,
        ports: LabPorts = LabPorts(), storagePort: Int = StorageSockets.firstPort
    ) {
        self.id = id
        self.isolation = isolation
        self.form = form
        self.images = images
        self.cluster = cluster
        self.region = region
        self.zone = zone
        self.network = network
        self.ports = ports
        self.storagePort = storagePort
    }

    static let account = "000000000000"
    static let bucket = "howdah-local"
    /// Where in the bucket the packages are.
    static let repository = "hdfs"
    static let masterRole = "howdah-master"
    static let slaveRole = "howdah-slave"
    static let firstHost = 11
    static let lastHost = 254

    /// The switch's namespace, in which the services run.
    var switchNamespace: String { "howdah-\(id)-sw" }
    /// Where the services listen.
    var serviceAddress: String {
        switch isolation {
        case .namespaces: address(1)
        case .loopback: "127.0.0.1"
        }
    }
    var subnet: String { "\(address(0))/24" }
    func address(_ host: Int) -> String {
        switch isolation {
        case .namespaces: "10.77.\(network).\(host)"
        case .loopback: "127.0.\(network).\(host)"
        }
    }
    /// Where an instance at `address` finds its metadata service.
    func metadataAddress(of address: String) -> String {
        switch isolation {
        case .namespaces: LabNetwork.metadataAddress
        case .loopback: address
        }
    }
    func instanceNamespace(_ instance: String) -> String {
        "howdah-\(id)-\(instance.drop { $0 != "-" }.dropFirst())"
    }

    /// The services as instances see them.
    var inside: Endpoints {
        Endpoints(
            s3: "http://\(serviceAddress):\(ports.s3)",
            ec2: "http://\(serviceAddress):\(ports.ec2)",
            panel: "http://\(serviceAddress):\(ports.panel)")
    }
}

/// Where a lab's services are reached.
public struct Endpoints: Codable, Sendable, Equatable {
    /// S3 and STS.
    public var s3: String
    public var ec2: String
    public var panel: String

    public init(s3: String, ec2: String, panel: String) {
        self.s3 = s3
        self.ec2 = ec2
        self.panel = panel
    }
}
