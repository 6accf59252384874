import Testing

@testable import HadoopMetrics

/// What daemons answer as JSON.
@Suite struct JSONTests {
    private func table(_ values: [HadoopValue]) -> [String: Double] {
        Dictionary(values.map { ($0.key, $0.value) }) { $1 }
    }

    static let nameNode = """
        {"beans": [
          {"name": "java.lang:type=Memory", "HeapMemoryUsage": {"used": 1}},
          {"name": "Hadoop:service=NameNode,name=FSNamesystem", "modelerType": "FSNamesystem",
           "tag.Context": "dfs", "CapacityTotal": 1000, "CapacityUsed": 250,
           "CapacityRemaining": 700, "BlocksTotal": 12, "MissingBlocks": 1, "CorruptBlocks": 0,
           "UnderReplicatedBlocks": 3, "TotalLoad": 4},
          {"name": "Hadoop:service=NameNode,name=FSNamesystemState", "CapacityTotal": 999,
           "NumLiveDataNodes": 3, "NumDeadDataNodes": 1, "FSState": "Operational"},
          {"name": "Hadoop:service=NameNode,name=RpcActivityForPort8020",
           "RpcQueueTimeAvgTime": 0.25, "RpcProcessingTimeAvgTime": "NaN", "CallQueueLength": 0},
          {"name": "Hadoop:service=NameNode,name=NameNodeInfo", "Safemode": "Safe mode is ON",
           "LiveNodes": "{}"},
          {"modelerType": "of no name"}
        ]}
        """

    @Test func `a NameNode's figures, of which what is no number is not told`() throws {
        let values = table(try HadoopJMX.values(Array(Self.nameNode.utf8)))
        #expect(
            values == [
                "namenode.capacity.bytes": 1000, "namenode.used.bytes": 250,
                "namenode.remaining.bytes": 700, "namenode.blocks": 12,
                "namenode.blocks.missing": 1, "namenode.blocks.corrupt": 0,
                "namenode.blocks.under-replicated": 3, "namenode.connections": 4,
                "namenode.datanodes.live": 3, "namenode.datanodes.dead": 1,
                "namenode.rpc.queue-ms": 0.25, "namenode.rpc.waiting": 0,
                "namenode.safe-mode": 1,
            ])
    }

    @Test func `a DataNode's, whose beans have its address in their names`() throws {
        let text = """
            {"beans": [
              {"name": "Hadoop:service=DataNode,name=DataNodeActivity-node-1-9866",
               "BytesRead": 7, "BytesWritten": 8, "BlocksRead": 1, "HeartbeatsAvgTime": 1.5},
              {"name": "Hadoop:service=DataNode,name=FSDatasetState", "Capacity": 100,
               "DfsUsed": 40, "Remaining": 60, "NumFailedVolumes": 0},
              {"name": "Hadoop:service=DataNode,name=FSDatasetState-DS-1234", "Capacity": 9}
            ]}
            """
        let values = table(try HadoopJMX.values(Array(text.utf8)))
        #expect(values["datanode.capacity.bytes"] == 100)
        #expect(values["datanode.read.bytes"] == 7 && values["datanode.heartbeat-ms"] == 1.5)
    }

    @Test func `a JobTracker's summary is JSON within JSON`() throws {
        let text = #"""
            {"beans": [
              {"name": "Hadoop:service=JobTracker,name=JobTrackerInfo", "Version": "1.2.1",
               "SummaryJson": "{\"nodes\":4,\"alive\":3,\"blacklisted\":1,\#
            \"slots\":{\"map_slots\":8,\"map_slots_used\":6,\#
            \"reduce_slots\":4,\"reduce_slots_used\":0},\"jobs\":17}"},
              {"name": "Hadoop:service=JobTracker,name=QueueMetrics,q=a.b", "jobs_running": 2,
               "waiting_maps": 31}
            ]}
            """#
        #expect(
            table(try HadoopJMX.values(Array(text.utf8))) == [
                "jobtracker.nodes": 4, "jobtracker.nodes.alive": 3,
                "jobtracker.nodes.blacklisted": 1, "jobtracker.jobs": 17,
                "jobtracker.map.slots": 8, "jobtracker.map.slots.used": 6,
                "jobtracker.reduce.slots": 4, "jobtracker.reduce.slots.used": 0,
                "jobtracker.queue.a_b.jobs": 2, "jobtracker.queue.a_b.map.waiting": 31,
            ])
    }

    private static let child = """
        {"queueName": "root.etl", "usedResources": {"memory": 2048, "vCores": 2},
         "demandResources": {"memory": 4096, "vCores": 4}, "fairResources": {"memory": 3000},
         "minResources": {"memory": 0, "vCores": 0}, "numActiveApps": 1, "numPendingApps": 2,
         "pendingContainers": 5}
        """

    @Test(arguments: [
        #"{"queue": [CHILD]}"#, "[CHILD]", #"{"queue": CHILD}"#,
    ])
    func `the fair scheduler's queues, in each shape of children`(children: String) throws {
        let text = """
            {"scheduler": {"schedulerInfo": {"type": "fairScheduler", "rootQueue":
              {"queueName": "root", "usedResources": {"memory": 2048, "vCores": 2},
               "childQueues": \(children.replacing("CHILD", with: Self.child))}}}}
            """
        let values = table(try YARNScheduler.queues(Array(text.utf8)))
        #expect(
            values == [
                "queue.root.memory-mb.used": 2048, "queue.root.vcores.used": 2,
                "queue.root.etl.memory-mb.used": 2048, "queue.root.etl.vcores.used": 2,
                "queue.root.etl.memory-mb.demand": 4096, "queue.root.etl.vcores.demand": 4,
                "queue.root.etl.memory-mb.fair": 3000, "queue.root.etl.memory-mb.min": 0,
                "queue.root.etl.vcores.min": 0, "queue.root.etl.apps.running": 1,
                "queue.root.etl.apps.pending": 2, "queue.root.etl.containers.pending": 5,
            ])
    }

    @Test func `the capacity scheduler's queues have their parents' names before theirs`() throws {
        let text = """
            {"scheduler": {"schedulerInfo": {"type": "capacityScheduler", "queueName": "root",
             "usedCapacity": 10.5, "queues": {"queue": [{"queueName": "default", "numContainers": 3,
             "resourcesUsed": {"memory": 512, "vCores": 1}}]}}}}
            """
        #expect(
            table(try YARNScheduler.queues(Array(text.utf8))) == [
                "queue.root.used-percent": 10.5, "queue.root.default.containers.running": 3,
                "queue.root.default.memory-mb.used": 512, "queue.root.default.vcores.used": 1,
            ])
    }

    @Test func `cluster metrics give EMR's two ratios too`() throws {
        let some = #"{"clusterMetrics": {"containersPending": 6, "containersAllocated": 4, "#
        let text = some + #""availableMB": 25, "totalMB": 100, "state": "x"}}"#
        let values = table(try YARNScheduler.metrics(Array(text.utf8)))
        #expect(values["yarn.pending-ratio"] == 1.5)
        #expect(values["yarn.memory-available-percent"] == 25)
        #expect(values["yarn.containersPending"] == 6)
        let idle = #"{"clusterMetrics": {"containersPending": 6, "containersAllocated": 0}}"#
        #expect(table(try YARNScheduler.metrics(Array(idle.utf8)))["yarn.pending-ratio"] == 6)
    }

    @Test(arguments: ["", "{}", "[]", #"{"beans": 1}"#, "<html>"])
    func `an answer of another kind is refused`(text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: HadoopFormatError.self) { try HadoopJMX.values(bytes) }
        #expect(throws: HadoopFormatError.self) { try YARNScheduler.queues(bytes) }
        #expect(throws: HadoopFormatError.self) { try YARNScheduler.metrics(bytes) }
    }
}
