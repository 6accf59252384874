internal import HadoopMetrics

/// One page of Hadoop's, and what it says.
struct HadoopSource: Sendable {
    /// Names it in the store and in the log.
    let name: String
    let port: Int
    let path: String
    let maximumBytes: Int
    /// Each node has one of its own, or none; else it is the master's.
    var isEachNodes = false
    let read: @Sendable ([UInt8]) throws -> [HadoopValue]

    /// All that the settings ask for. Each is asked and stored apart from the others.
    static func all(_ settings: HadoopSettings) -> [HadoopSource] {
        var sources: [HadoopSource] = []
        func jmx(_ name: String, _ port: Int?, isEachNodes: Bool = false) {
            guard let port else { return }
            sources.append(
                HadoopSource(
                    name: name, port: port, path: "/jmx", maximumBytes: HadoopJMX.maximumBytes,
                    isEachNodes: isEachNodes
                ) { try HadoopJMX.values($0) })
        }
        jmx("namenode", settings.nameNode)
        jmx("datanode", settings.dataNode, isEachNodes: true)
        // 0.20.2 has no /jmx: its page is then all there is.
        jmx("jobtracker", settings.jobTracker)
        if let port = settings.jobTracker {
            sources.append(
                HadoopSource(
                    name: "pools", port: port, path: "/scheduler?advanced",
                    maximumBytes: FairSchedulerPage.maximumBytes
                ) { try FairSchedulerPage.values(String(decoding: $0, as: UTF8.self)) })
        }
        if let port = settings.resourceManager {
            sources.append(
                HadoopSource(
                    name: "queues", port: port, path: "/ws/v1/cluster/scheduler",
                    maximumBytes: YARNScheduler.maximumBytes
                ) { try YARNScheduler.queues($0) })
            sources.append(
                HadoopSource(
                    name: "yarn", port: port, path: "/ws/v1/cluster/metrics",
                    maximumBytes: YARNScheduler.maximumBytes
                ) { try YARNScheduler.metrics($0) })
        }
        return sources
    }

    /// The host under which its figures are stored; no instance has such a name.
    func host(of cluster: String) -> String { "hadoop:\(cluster):\(name)" }
}
