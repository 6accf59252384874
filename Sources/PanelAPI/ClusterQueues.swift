/// `GET /v1/clusters/NAME/queues`: the newest figures of a cluster's Hadoop, by key.
public struct ClusterQueues: Codable, Sendable, Equatable {
    public struct Figure: Codable, Sendable, Equatable {
        /// Words with dots between, such as `pool.etl.map.running`.
        public var key: String
        public var value: Double
        /// When it was read: seconds since 1970 by the panel's clock.
        public var at: Double

        public init(key: String, value: Double, at: Double) {
            self.key = key
            self.value = value
            self.at = at
        }
    }

    public var cluster: String
    /// In the order of their keys.
    public var figures: [Figure]

    public init(cluster: String, figures: [Figure]) {
        self.cluster = cluster
        self.figures = figures
    }
}
