internal import Cluster
internal import Host

extension PanelSettings {
    static let keys = [
        "cluster", "listen", "database", "operator-token-file", "region", "account", "roles",
        "heartbeat-seconds", "down-after-seconds",
    ]

    /// Reads `panel.yaml`. A key that is none of ours is an error, with the one that was meant.
    public static func load(_ path: String) throws(PanelStartError) -> PanelSettings {
        do {
            return try parse(try Files().read(path), file: path)
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
        let reader = try MappingReader(node, key: "panel.yaml", file: file, known: keys)
        guard
            let listen = try reader.parsed(
                "listen", expected: "an address and a port such as '127.0.0.1:8080'", address),
            let account = try reader.parsed("account", expected: "12 digits in quotes", digits)
        else { throw reader.failure(.missingKey("listen' or 'account")) }
        var roles: [String: String] = [:]
        for entry in try reader.entries(of: "roles") {
            roles[entry.key] = try reader.text(of: entry.value, entry.key)
        }
        guard !roles.isEmpty else { throw reader.failure(.missingKey("roles")) }
        return PanelSettings(
            cluster: try reader.required("cluster"), host: listen.0, port: listen.1,
            database: try reader.required("database"),
            operatorTokenFile: try reader.required("operator-token-file"),
            region: try reader.required("region"), account: account, roles: roles,
            heartbeatSeconds: try seconds("heartbeat-seconds", reader)
                ?? defaultHeartbeatSeconds,
            downAfterSeconds: try seconds("down-after-seconds", reader)
                ?? defaultDownAfterSeconds)
    }

    private static func address(_ text: String) -> (String, Int)? {
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
