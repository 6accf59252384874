/// How a NameNode's HDFS is balanced: commands of the daemon's user.
/// ``StackVariable/balancerBandwidth`` and ``StackVariable/balancerThreshold`` have values in them.
public struct BalancerSpec: Sendable, Equatable {
    /// Program and arguments that tell all DataNodes how much of their network it may take; run to
    /// its end before the balancer.
    public var bandwidth: [String]
    /// Program and arguments of the balancer, which ends by itself and prints as HDFS's own does.
    public var command: [String]
    /// The user to run both as; nil for the daemon's own.
    public var user: String?

    static let keys = ["bandwidth", "command", "user"]

    init(_ node: YAMLNode, file: String) throws(ConfigurationError) {
        let reader = try MappingReader(node, key: "balancer", file: file, known: Self.keys)
        bandwidth = try reader.templates("bandwidth")
        command = try reader.templates("command")
        user = try reader.string("user")
        // One without a bound would take the network from who works with the data.
        for (key, words) in [("bandwidth", bandwidth), ("command", command)] where words.isEmpty {
            throw reader.failure(.missingKey(key))
        }
    }
}
