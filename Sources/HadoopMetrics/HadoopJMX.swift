internal import FoundationEssentials

/// What a Hadoop daemon answers on `/jmx` (`JMXJsonServlet.java`): NameNode and DataNode of Hadoop
/// 1 to 3, and the JobTracker of 1.2.1.
public enum HadoopJMX {
    /// Of one answer: a NameNode names each of its DataNodes in it.
    public static let maximumBytes = 32 << 20

    /// An attribute of the beans whose name begins so (the DataNode's end in its address).
    private struct Figure {
        let bean: String
        let attribute: String
        let key: String

        init(_ bean: String, _ attribute: String, _ key: String) {
            self.bean = "Hadoop:service=" + bean
            self.attribute = attribute
            self.key = key
        }
    }

    private static let figures = [
        Figure("NameNode,name=FSNamesystem", "CapacityTotal", "namenode.capacity.bytes"),
        Figure("NameNode,name=FSNamesystem", "CapacityUsed", "namenode.used.bytes"),
        Figure("NameNode,name=FSNamesystem", "CapacityRemaining", "namenode.remaining.bytes"),
        Figure("NameNode,name=FSNamesystem", "FilesTotal", "namenode.files"),
        Figure("NameNode,name=FSNamesystem", "BlocksTotal", "namenode.blocks"),
        Figure("NameNode,name=FSNamesystem", "MissingBlocks", "namenode.blocks.missing"),
        Figure("NameNode,name=FSNamesystem", "CorruptBlocks", "namenode.blocks.corrupt"),
        Figure(
            "NameNode,name=FSNamesystem", "UnderReplicatedBlocks",
            "namenode.blocks.under-replicated"),
        Figure(
            "NameNode,name=FSNamesystem", "PendingReplicationBlocks",
            "namenode.blocks.pending-replication"),
        Figure("NameNode,name=FSNamesystem", "TotalLoad", "namenode.connections"),
        Figure("NameNode,name=FSNamesystemState", "NumLiveDataNodes", "namenode.datanodes.live"),
        Figure("NameNode,name=FSNamesystemState", "NumDeadDataNodes", "namenode.datanodes.dead"),
        Figure(
            "NameNode,name=FSNamesystemState", "NumStaleDataNodes", "namenode.datanodes.stale"),
        Figure(
            "NameNode,name=FSNamesystemState", "NumDecommissioningDataNodes",
            "namenode.datanodes.decommissioning"),
        Figure("NameNode,name=RpcActivity", "RpcQueueTimeAvgTime", "namenode.rpc.queue-ms"),
        Figure("NameNode,name=RpcActivity", "RpcProcessingTimeAvgTime", "namenode.rpc.work-ms"),
        Figure("NameNode,name=RpcActivity", "CallQueueLength", "namenode.rpc.waiting"),
        Figure("NameNode,name=JvmMetrics", "MemHeapUsedM", "namenode.heap.used-mib"),
        Figure("NameNode,name=JvmMetrics", "GcTimeMillis", "namenode.gc-ms"),
        Figure("DataNode,name=FSDatasetState", "Capacity", "datanode.capacity.bytes"),
        Figure("DataNode,name=FSDatasetState", "DfsUsed", "datanode.used.bytes"),
        Figure("DataNode,name=FSDatasetState", "Remaining", "datanode.remaining.bytes"),
        Figure("DataNode,name=FSDatasetState", "NumFailedVolumes", "datanode.volumes.failed"),
        Figure("DataNode,name=DataNodeActivity", "BytesRead", "datanode.read.bytes"),
        Figure("DataNode,name=DataNodeActivity", "BytesWritten", "datanode.written.bytes"),
        Figure("DataNode,name=DataNodeActivity", "BlocksRead", "datanode.read.blocks"),
        Figure("DataNode,name=DataNodeActivity", "BlocksWritten", "datanode.written.blocks"),
        Figure("DataNode,name=DataNodeActivity", "HeartbeatsAvgTime", "datanode.heartbeat-ms"),
        Figure("DataNode,name=JvmMetrics", "MemHeapUsedM", "datanode.heap.used-mib"),
        Figure("DataNode,name=JvmMetrics", "GcTimeMillis", "datanode.gc-ms"),
    ]

    /// What of it is known here; other beans and attributes are nothing wrong. Where a figure is
    /// told twice, the first holds.
    public static func values(_ bytes: [UInt8]) throws(HadoopFormatError) -> [HadoopValue] {
        guard bytes.count <= maximumBytes else {
            throw HadoopFormatError("an answer of /jmx of more than \(maximumBytes) bytes")
        }
        guard let beans = try JSONValue.parse(bytes, of: "/jmx")["beans"]?.list else {
            throw HadoopFormatError("the answer of /jmx has no list 'beans'")
        }
        var values: [String: Double] = [:]
        for bean in beans {
            guard let name = bean["name"]?.text else { continue }
            for figure in figures where isNamed(name, figure.bean) {
                if values[figure.key] == nil, let value = bean[figure.attribute]?.number {
                    values[figure.key] = value
                }
            }
            if name == "Hadoop:service=NameNode,name=NameNodeInfo" {
                // A text that says why, and how far it is; empty where it is out of it.
                if let text = bean["Safemode"]?.text {
                    values["namenode.safe-mode"] = text.isEmpty ? 0 : 1
                }
            }
            if name == "Hadoop:service=JobTracker,name=JobTrackerInfo" {
                for (key, value) in summary(bean) { values[key] = value }
            }
            if let queue = queue(of: name) { add(bean, queue: queue, to: &values) }
        }
        return values.sorted { $0.key < $1.key }.prefix(HadoopValue.maximumCount).map {
            HadoopValue($0.key, $0.value)
        }
    }

    /// The name itself, or one that goes on with what sets it apart: `RpcActivityForPort8020`,
    /// `DataNodeActivity-host-9866`; not another word, as `FSNamesystemState` is.
    private static func isNamed(_ name: String, _ bean: String) -> Bool {
        guard name.hasPrefix(bean) else { return false }
        let rest = name.dropFirst(bean.count)
        return rest.isEmpty || rest.hasPrefix("-") || rest.hasPrefix("ForPort")
    }

    /// `SummaryJson`: an object as text (`JobTracker.getSummary`, Hadoop 1.1 and later).
    private static func summary(_ bean: JSONValue) -> [(String, Double)] {
        guard let text = bean["SummaryJson"]?.text,
            let summary = try? JSONValue.parse(Array(text.utf8), of: "SummaryJson")
        else { return [] }
        let slots = summary["slots"]
        let all: [(String, JSONValue?)] = [
            ("nodes", summary["nodes"]), ("nodes.alive", summary["alive"]),
            ("nodes.blacklisted", summary["blacklisted"]), ("jobs", summary["jobs"]),
            ("map.slots", slots?["map_slots"]), ("map.slots.used", slots?["map_slots_used"]),
            ("reduce.slots", slots?["reduce_slots"]),
            ("reduce.slots.used", slots?["reduce_slots_used"]),
        ]
        return all.compactMap { key, value in
            value?.number.map { ("jobtracker.\(key)", $0) }
        }
    }

    private static func queue(of name: String) -> Substring? {
        let prefix = "Hadoop:service=JobTracker,name=QueueMetrics,q="
        return name.hasPrefix(prefix) ? name.dropFirst(prefix.count) : nil
    }

    /// The JobTracker's own queues (`QueueMetrics.java`), which are not the scheduler's pools.
    private static func add(
        _ bean: JSONValue, queue: Substring, to values: inout [String: Double]
    ) {
        for (attribute, key) in [
            ("jobs_running", "jobs"), ("waiting_maps", "map.waiting"),
            ("waiting_reduces", "reduce.waiting"), ("maps_completed", "map.completed"),
            ("reduces_completed", "reduce.completed"),
        ] {
            if let value = bean[attribute]?.number {
                values["jobtracker.queue.\(HadoopValue.word(queue)).\(key)"] = value
            }
        }
    }
}
