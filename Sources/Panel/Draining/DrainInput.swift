internal import HadoopMetrics
internal import PanelAPI

/// All that the checks before a drain are made of: the same input gives the same plan.
struct DrainInput: Sendable, Equatable {
    struct Node: Sendable, Equatable {
        var name: String
        var instanceID: String
        var role: String
        /// By what a NameNode may know it.
        var names: Set<String>
        /// The tag `howdah:protect`: people want it to stay.
        var isProtected = false
    }

    var node: Node
    var nodes: [Node]
    /// The instance of the cluster's master; nil where there is none.
    var masterID: String?
    /// DataNodes that must be left.
    var minimumNodes: Int
    /// Launches of the cluster that are not nodes yet.
    var launches: Int
    /// Whether EC2 refuses to end the node.
    var protection: Seen<Bool>
    var hdfs: Seen<HDFSState>
    var files: Seen<HDFSFiles>
    /// Nil where the settings name no ResourceManager.
    var yarn: Seen<YARNNodes>?
}
