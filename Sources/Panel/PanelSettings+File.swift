internal import Autoscaling
internal import Cluster
internal import FoundationEssentials
internal import Host

extension PanelSettings {
    static let keys =
        [
            "cluster", "clusters", "listen", "database", "operator-token-file", "region", "account",
            "graphite-listen", "graphite-host-position", "opentsdb-listen", "metrics-limit",
            "forward-graphite", "forward-opentsdb", "volume-prices", "instance-prices",
            "volume-encryption",
        ] + accessKeys
    /// At the top of the file where it has one cluster, else below each cluster's name.
    static let clusterKeys = [
        "roles", "heartbeat-seconds", "down-after-seconds", "ganglia-listen", "hadoop", "launch",
        "maximum-nodes", "minimum-nodes", "autoscaling", "wget-heartbeats",
    ]

    /// Reads `panel.yaml`. A key that is none of ours is an error, with the one that was meant.
    public static func load(_ path: String) throws(PanelStartError) -> PanelSettings {
        // Files are named from the root on.
        let place = path.hasPrefix("/") ? "" : FileManager.default.currentDirectoryPath + "/"
        do {
            return try parse(try Files().read(place + path), file: path)
        } catch let error as ConfigurationError {
            throw .configuration(path: path, cause: "\(error)")
        } catch {
            throw .configuration(path: path, cause: "\(error)")
        }
    }

    static func parse(
        _ bytes: [UInt8], file: String
    ) throws(ConfigurationError) -> PanelSettings {
        let node = try YAMLNode.parse(bytes, file: file)
        let reader = try MappingReader(
            node, key: "panel.yaml", file: file, known: keys + clusterKeys)
        guard
            let listen = try reader.parsed(
                "listen", expected: "an address and a port such as '127.0.0.1:8080'", address),
            let account = try reader.parsed("account", expected: "12 digits in quotes", digits)
        else { throw reader.failure(.missingKey("listen' or 'account")) }
        var settings = PanelSettings(
            clusters: try clusters(reader), host: listen.0, port: listen.1,
            database: try reader.required("database"),
            operatorTokenFile: try reader.required("operator-token-file"),
            region: try reader.required("region"), account: account)
        try settings.readMetrics(reader)
        settings.forwards = try forwards(reader)
        try settings.readVolumes(reader)
        try settings.readAccess(reader)
        return settings
    }

    private static func clusters(
        _ reader: MappingReader
    ) throws(ConfigurationError) -> [ClusterSettings] {
        guard reader.node("clusters") != nil else {
            return [try cluster(try reader.required("cluster"), reader)]
        }
        for key in ["cluster"] + clusterKeys {
            guard let line = reader.keyLines[key] else { continue }
            throw reader.failure(
                .badValue(
                    key: key, value: "at the top", expected: "it below a name of 'clusters'"),
                line: line)
        }
        var clusters: [ClusterSettings] = []
        for entry in try reader.entries(of: "clusters") {
            let own = try MappingReader(
                entry.value, key: entry.key, file: reader.file, known: clusterKeys)
            clusters.append(try cluster(entry.key, own))
        }
        guard !clusters.isEmpty else { throw reader.failure(.missingKey("clusters")) }
        return clusters.sorted { $0.name < $1.name }
    }

    private static func cluster(
        _ name: String, _ reader: MappingReader
    ) throws(ConfigurationError) -> ClusterSettings {
        var roles: [String: String] = [:]
        for entry in try reader.entries(of: "roles") {
            roles[entry.key] = try reader.text(of: entry.value, entry.key)
        }
        guard !roles.isEmpty else { throw reader.failure(.missingKey("roles")) }
        var cluster = ClusterSettings(
            name: name, roles: roles,
            heartbeatSeconds: try seconds("heartbeat-seconds", reader)
                ?? ClusterSettings.defaultHeartbeatSeconds,
            downAfterSeconds: try seconds("down-after-seconds", reader)
                ?? ClusterSettings.defaultDownAfterSeconds)
        cluster.ganglia = try listener("ganglia-listen", reader)
        cluster.hadoop = try hadoop(reader)
        cluster.takesOldHeartbeats =
            try reader.parsed("wget-heartbeats", expected: "true or false") { Bool($0) } ?? false
        for entry in try reader.entries(of: "launch") {
            guard roles.values.contains(entry.key) else {
                throw reader.failure(
                    .badValue(
                        key: "launch", value: entry.key,
                        expected: "a role of 'roles': \(Set(roles.values).sorted())"),
                    line: entry.line)
            }
            cluster.launch[entry.key] = try LaunchSettings.read(
                entry.value, role: entry.key, file: reader.file)
        }
        if let node = reader.node("autoscaling") {
            cluster.scaling = try ScalingSettings.read(node, file: reader.file)
            let role = cluster.scaling.rule.role
            guard cluster.scaling.mode != .on || cluster.launch[role] != nil else {
                throw reader.failure(
                    .badValue(
                        key: "autoscaling", value: "on", expected: "a 'launch' for '\(role)'"),
                    line: node.line)
            }
        }
        cluster.maximumNodes =
            try reader.parsed("maximum-nodes", expected: "a number from 1 to 20000") { text in
                Int(text).flatMap { (1...NodeRepository.maximumNodes).contains($0) ? $0 : nil }
            } ?? ClusterSettings.defaultMaximumNodes
        cluster.minimumNodes =
            try reader.parsed("minimum-nodes", expected: "a number from 1 to 20000") { text in
                Int(text).flatMap { (1...NodeRepository.maximumNodes).contains($0) ? $0 : nil }
            } ?? cluster.minimumNodes
        return cluster
    }

    private mutating func readVolumes(_ reader: MappingReader) throws(ConfigurationError) {
        volumePrices = try Self.prices(
            reader, "volume-prices", expected: "what a GiB costs a month")
        encryptsVolumes =
            try reader.parsed("volume-encryption", expected: "true or false") { Bool($0) } ?? false
        instancePrices = try Self.prices(
            reader, "instance-prices", expected: "what an hour of the type costs")
    }

    private static func prices(
        _ reader: MappingReader, _ key: String, expected: String
    ) throws(ConfigurationError) -> [String: Double] {
        var prices: [String: Double] = [:]
        for entry in try reader.entries(of: key) {
            let text = try reader.text(of: entry.value, entry.key)
            guard let price = Double(text), price >= 0, price.isFinite else {
                throw reader.failure(
                    .badValue(key: entry.key, value: text, expected: expected), line: entry.line)
            }
            prices[entry.key] = price
        }
        return prices
    }

    private mutating func readMetrics(_ reader: MappingReader) throws(ConfigurationError) {
        graphite = try Self.listener("graphite-listen", reader)
        openTSDB = try Self.listener("opentsdb-listen", reader)
        graphiteHostPosition = try reader.parsed(
            "graphite-host-position", expected: "which part of a path is a host, from 0 to 9"
        ) { text in Int(text).flatMap { (0...9).contains($0) ? $0 : nil } }
        if let limit = try reader.parsed(
            "metrics-limit", expected: "a size of at least 64 MiB, such as '4 GiB'",
            { text in ByteSize(text).flatMap { $0.bytes >= 64 << 20 ? Int($0.bytes) : nil } })
        {
            metricsLimit = limit
        }
    }

    private static func listener(
        _ key: String, _ reader: MappingReader
    ) throws(ConfigurationError) -> ListenAddress? {
        try reader.parsed(key, expected: "an address and a port such as '127.0.0.1:2003'") {
            address($0).map { ListenAddress(host: $0.0, port: $0.1) }
        }
    }

    static func address(_ text: String) -> (String, Int)? {
        guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
            let port = UInt16(text[text.index(after: colon)...])
        else { return nil }
        return (String(text[..<colon]), Int(port))
    }

    private static func digits(_ text: String) -> String? {
        text.utf8.count == 12 && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? text : nil
    }

    private static func seconds(
        _ key: String, _ reader: MappingReader
    ) throws(ConfigurationError) -> Double? {
        try reader.parsed(key, expected: "seconds, from 0.1 to 86400") { text in
            Double(text).flatMap { (0.1...86_400).contains($0) ? $0 : nil }
        }
    }
}
