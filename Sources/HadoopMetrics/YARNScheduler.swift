/// The ResourceManager's `/ws/v1/cluster/scheduler` and `/ws/v1/cluster/metrics` (Hadoop's
/// documentation, "ResourceManager REST API's"), of the fair and the capacity scheduler.
public enum YARNScheduler {
    public static let maximumBytes = 16 << 20
    /// Queues in queues.
    static let maximumDepth = 16
    static let maximumQueues = 500

    /// For each queue `queue.NAME.…` (`root.a.b`; dots stay): `memory-mb` and `vcores` each with
    /// `used`, `demand`, `fair`, `min`, `max`; `apps.running`, `apps.pending` and
    /// `containers.running`, `containers.pending`, `containers.reserved`, as far as this version
    /// tells them.
    public static func queues(_ bytes: [UInt8]) throws(HadoopFormatError) -> [HadoopValue] {
        let what = "/ws/v1/cluster/scheduler"
        try check(bytes, what)
        let info = try JSONValue.parse(bytes, of: what)["scheduler"]?["schedulerInfo"]
        guard let info else {
            throw HadoopFormatError("the answer of \(what) has no 'scheduler.schedulerInfo'")
        }
        var found: [HadoopValue] = []
        var count = 0
        if let root = info["rootQueue"] {
            addFair(root, depth: 0, &count, to: &found)
        } else if info["queues"] != nil {
            addCapacity(info, parent: "", depth: 0, &count, to: &found)
        } else {
            throw HadoopFormatError(
                "the scheduler is '\(info["type"]?.text?.prefix(40) ?? "of no name")'; known are "
                    + "fairScheduler and capacityScheduler")
        }
        return found
    }

    /// All numbers of `clusterMetrics` as `yarn.NAME`, and what EMR's rules make of them:
    /// `yarn.pending-ratio` (pending / allocated containers; pending, where none is allocated) and
    /// `yarn.memory-available-percent`.
    public static func metrics(_ bytes: [UInt8]) throws(HadoopFormatError) -> [HadoopValue] {
        let what = "/ws/v1/cluster/metrics"
        try check(bytes, what)
        let metrics = try JSONValue.parse(bytes, of: what)["clusterMetrics"]
        guard case .object(let all)? = metrics else {
            throw HadoopFormatError("the answer of \(what) has no 'clusterMetrics'")
        }
        var values = all.compactMap { name, value in
            value.number.map { HadoopValue("yarn.\(HadoopValue.word(name))", $0) }
        }
        if let pending = all["containersPending"]?.number,
            let allocated = all["containersAllocated"]?.number
        {
            values.append(
                HadoopValue(
                    "yarn.pending-ratio", allocated > 0 ? pending / allocated : pending))
        }
        if let available = all["availableMB"]?.number, let total = all["totalMB"]?.number, total > 0
        {
            values.append(HadoopValue("yarn.memory-available-percent", available / total * 100))
        }
        return Array(
            values.sorted { $0.key < $1.key }.prefix(HadoopValue.maximumCount))
    }

    private static func check(_ bytes: [UInt8], _ what: String) throws(HadoopFormatError) {
        guard bytes.count <= maximumBytes else {
            throw HadoopFormatError("an answer of \(what) of more than \(maximumBytes) bytes")
        }
    }

    /// `childQueues` is a list, or an object with a list `queue`, or (one child) with the child.
    private static func children(_ queues: JSONValue?) -> [JSONValue] {
        if let list = queues?.list { return list }
        let inner = queues?["queue"]
        return inner?.list ?? inner.map { [$0] } ?? []
    }

    private static func key(_ name: String) -> String {
        "queue."
            + name.split(separator: ".", omittingEmptySubsequences: false)
            .map { HadoopValue.word($0) }.joined(separator: ".")
    }

    private static func addFair(
        _ queue: JSONValue, depth: Int, _ count: inout Int, to found: inout [HadoopValue]
    ) {
        guard depth < maximumDepth, count < maximumQueues, let name = queue["queueName"]?.text
        else { return }
        count += 1
        let key = key(name)
        for (field, word) in [
            ("usedResources", "used"), ("demandResources", "demand"), ("fairResources", "fair"),
            ("minResources", "min"), ("maxResources", "max"),
        ] {
            add(queue[field], "\(key).%.\(word)", to: &found)
        }
        add(
            queue,
            [
                ("numActiveApps", "apps.running"), ("numPendingApps", "apps.pending"),
                ("allocatedContainers", "containers.running"),
                ("pendingContainers", "containers.pending"),
                ("reservedContainers", "containers.reserved"),
            ], key, to: &found)
        for child in children(queue["childQueues"]) {
            addFair(child, depth: depth + 1, &count, to: &found)
        }
    }

    private static func addCapacity(
        _ queue: JSONValue, parent: String, depth: Int, _ count: inout Int,
        to found: inout [HadoopValue]
    ) {
        guard depth < maximumDepth, count < maximumQueues else { return }
        count += 1
        let own = queue["queueName"]?.text ?? "root"
        let name = parent.isEmpty ? own : "\(parent).\(own)"
        let key = key(name)
        add(queue["resourcesUsed"], "\(key).%.used", to: &found)
        add(
            queue,
            [
                ("numActiveApplications", "apps.running"),
                ("numPendingApplications", "apps.pending"),
                ("numContainers", "containers.running"),
                ("pendingContainers", "containers.pending"),
                ("reservedContainers", "containers.reserved"), ("capacity", "capacity-percent"),
                ("maxCapacity", "max-capacity-percent"), ("usedCapacity", "used-percent"),
            ], key, to: &found)
        for child in children(queue["queues"]) {
            addCapacity(child, parent: name, depth: depth + 1, &count, to: &found)
        }
    }

    /// Memory and cores; `%` in the key is which.
    private static func add(
        _ resources: JSONValue?, _ key: String, to found: inout [HadoopValue]
    ) {
        let parts = key.split(separator: "%")
        for (field, word) in [("memory", "memory-mb"), ("vCores", "vcores")] {
            if let value = resources?[field]?.number {
                found.append(HadoopValue(parts.joined(separator: word), value))
            }
        }
    }

    private static func add(
        _ queue: JSONValue, _ fields: [(String, String)], _ key: String,
        to found: inout [HadoopValue]
    ) {
        for (field, word) in fields {
            if let value = queue[field]?.number {
                found.append(HadoopValue("\(key).\(word)", value))
            }
        }
    }
}
