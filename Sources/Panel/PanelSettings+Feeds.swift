internal import Cluster
internal import HadoopMetrics

/// Where metrics go to, and where Hadoop's come from.
extension PanelSettings {
    static func forwards(
        _ reader: MappingReader
    ) throws(ConfigurationError) -> [ForwardTarget] {
        let graphite = try reader.parsed(
            "forward-graphite", expected: "a host and a port such as 'graphite.example:2003'"
        ) { target($0).map { ForwardTarget.graphite($0) } }
        let openTSDB = try reader.parsed(
            "forward-opentsdb",
            expected: "a host and a port such as 'tsd.example:4242', or an address with http"
        ) { text in
            if text.hasPrefix("http://") || text.hasPrefix("https://") {
                return ForwardTarget.openTSDBHTTP(
                    text.hasSuffix("/") ? String(text.dropLast()) : text)
            }
            return target(text).map { ForwardTarget.openTSDB($0) }
        }
        return [graphite, openTSDB].compactMap { $0 }
    }

    private static func target(_ text: String) -> ListenAddress? {
        address(text).flatMap { $0.1 > 0 ? ListenAddress(host: $0.0, port: $0.1) : nil }
    }

    /// `hadoop: {namenode: 9870, …}` of a cluster.
    static func hadoop(_ reader: MappingReader) throws(ConfigurationError) -> HadoopSettings {
        var settings = HadoopSettings()
        guard let node = reader.node("hadoop") else { return settings }
        let ports = try MappingReader(
            node, key: "hadoop", file: reader.file, known: HadoopSettings.keys + ["user"])
        for key in HadoopSettings.keys {
            settings[key] = try ports.parsed(key, expected: "a port, from 1 to 65535") { text in
                UInt16(text).flatMap { $0 > 0 ? Int($0) : nil }
            }
        }
        // It becomes a part of a URL, and is a name of the system's.
        settings.user =
            try ports.parsed("user", expected: "a user's name") { text in
                text == HadoopValue.word(text) ? text : nil
            } ?? settings.user
        return settings
    }
}
