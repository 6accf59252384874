/// How an HDFS stands, by what its NameNode answers on `/jmx`: its beans `FSNamesystem` and
/// `NameNodeInfo` (`FSNamesystem.java` of Hadoop 2 and 3).
public struct HDFSState: Sendable, Equatable {
    /// `adminState`: where a DataNode stands with the NameNode (`DatanodeInfo.AdminStates`).
    public enum Admin: Sendable, Equatable {
        case inService
        case decommissioning
        case decommissioned
        /// Another word, such as one of maintenance; empty where the NameNode says none.
        case other(String)

        init(_ text: String) {
            switch text {
            case "In Service": self = .inService
            case "Decommission In Progress": self = .decommissioning
            case "Decommissioned": self = .decommissioned
            default: self = .other(text)
            }
        }
    }

    public struct DataNode: Sendable, Equatable {
        /// By what the NameNode knows it: names and addresses, without ports.
        public var names: Set<String>
        public var isLive: Bool
        public var admin: Admin
        public var capacityBytes: Int64 = 0
        /// By HDFS.
        public var usedBytes: Int64 = 0
        public var remainingBytes: Int64 = 0
        public var blocks: Int?
        public var silentSeconds: Int?
        /// Blocks that have too few copies elsewhere, where it is being decommissioned. 0 before
        /// the NameNode has counted them for the first time.
        public var blocksLeft: Int?
        /// Of these, in files that are being written.
        public var openBlocks: Int?

        public init(names: Set<String>, isLive: Bool, admin: Admin) {
            self.names = names
            self.isLive = isLive
            self.admin = admin
        }
    }

    /// What the NameNode says of its safe mode; nil where it is out of it.
    public var safeMode: String?
    public var missingBlocks: Int
    public var corruptBlocks: Int
    /// Files that are being written; nil where the NameNode does not say.
    public var openFiles: Int?
    public var dataNodes: [DataNode]

    public init(
        safeMode: String? = nil, missingBlocks: Int = 0, corruptBlocks: Int = 0,
        openFiles: Int? = nil, dataNodes: [DataNode]
    ) {
        self.safeMode = safeMode
        self.missingBlocks = missingBlocks
        self.corruptBlocks = corruptBlocks
        self.openFiles = openFiles
        self.dataNodes = dataNodes
    }

    /// The DataNode that is known by any of these names; a live one before a dead one.
    public func dataNode(_ names: Set<String>) -> DataNode? {
        let found = dataNodes.filter { !$0.names.isDisjoint(with: names) }
        return found.first(where: \.isLive) ?? found.first
    }

    /// Those that take blocks.
    public var serving: [DataNode] {
        dataNodes.filter { $0.isLive && $0.admin == .inService }
    }
}

extension HDFSState {
    /// The query of `/jmx` that has both beans.
    public static let path = "/jmx?qry=Hadoop:service=NameNode,name=*"

    private static let prefix = "Hadoop:service=NameNode,name="

    /// Reads an answer of `/jmx`. What is not in it is an error, never a zero.
    public init(jmx bytes: [UInt8]) throws(HadoopFormatError) {
        guard bytes.count <= HadoopJMX.maximumBytes else {
            throw HadoopFormatError(
                "an answer of /jmx of more than \(HadoopJMX.maximumBytes) bytes")
        }
        guard let beans = try JSONValue.parse(bytes, of: "/jmx")["beans"]?.list else {
            throw HadoopFormatError("the answer of /jmx has no list 'beans'")
        }
        func bean(_ name: String) throws(HadoopFormatError) -> JSONValue {
            guard let bean = beans.first(where: { $0["name"]?.text == Self.prefix + name }) else {
                throw HadoopFormatError("the answer of /jmx has no '\(Self.prefix)\(name)' yet")
            }
            return bean
        }
        let system = try bean("FSNamesystem")
        let info = try bean("NameNodeInfo")
        guard let missing = system["MissingBlocks"]?.number,
            let corrupt = system["CorruptBlocks"]?.number, let safe = info["Safemode"]?.text
        else {
            throw HadoopFormatError(
                "the NameNode does not say MissingBlocks, CorruptBlocks and Safemode")
        }
        let leaving = try Self.nodes("DecomNodes", info)
        self.init(
            safeMode: safe.isEmpty ? nil : safe, missingBlocks: Int(missing),
            corruptBlocks: Int(corrupt),
            openFiles: system["NumFilesUnderConstruction"]?.number.map { Int($0) },
            dataNodes: try Self.nodes("LiveNodes", info).map {
                Self.live($0.key, $0.value, leaving[$0.key])
            } + (try Self.nodes("DeadNodes", info).map { Self.dead($0.key, $0.value) }))
    }

    /// A list is an object as text.
    private static func nodes(
        _ name: String, _ info: JSONValue
    ) throws(HadoopFormatError) -> [String: JSONValue] {
        guard let text = info[name]?.text,
            let nodes = try JSONValue.parse(Array(text.utf8), of: name).object
        else { throw HadoopFormatError("the NameNode does not say \(name)") }
        return nodes
    }

    private static func live(_ key: String, _ node: JSONValue, _ leaving: JSONValue?) -> DataNode {
        var made = DataNode(
            names: names(key, node), isLive: true,
            admin: Admin(node["adminState"]?.text ?? ""))
        made.capacityBytes = bytes(node, "capacity")
        made.usedBytes = bytes(node, "usedSpace")
        made.remainingBytes = bytes(node, "remaining")
        made.blocks = node["numBlocks"]?.number.map { Int($0) }
        made.silentSeconds = node["lastContact"]?.number.map { Int($0) }
        made.blocksLeft = leaving?["underReplicatedBlocks"]?.number.map { Int($0) }
        // The name changed in Hadoop 3.
        let open = leaving?["underReplicateInOpenFiles"] ?? leaving?["underReplicatedInOpenFiles"]
        made.openBlocks = open?.number.map { Int($0) }
        return made
    }

    /// `adminState` of a dead one came with Hadoop 3; `decommissioned` is older.
    private static func dead(_ key: String, _ node: JSONValue) -> DataNode {
        let admin =
            node["adminState"]?.text.map { Admin($0) }
            ?? (node["decommissioned"]?.truth == true ? .decommissioned : .other(""))
        var made = DataNode(names: names(key, node), isLive: false, admin: admin)
        made.silentSeconds = node["lastContact"]?.number.map { Int($0) }
        return made
    }

    /// The key is a host in old versions, host and port in 2.7 and later.
    private static func names(_ key: String, _ node: JSONValue) -> Set<String> {
        Set([key, node["xferaddr"]?.text].compactMap { $0.map(host) })
    }

    private static func host(_ text: String) -> String {
        guard let colon = text.lastIndex(of: ":") else { return text }
        return String(text[..<colon])
    }

    private static func bytes(_ node: JSONValue, _ key: String) -> Int64 {
        Int64(min(max(0, node[key]?.number ?? 0), 1e18))
    }
}
