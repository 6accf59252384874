extension UserDataSearch {
    /// A part that says that it is ours.
    mutating func add(_ part: UserDataPart) throws(ConfigurationError) {
        let root = try YAMLNode.parse(part.bytes, file: part.place)
        try append(root, part)
    }

    /// YAML that nothing tells about: ours if it has our version, or nothing but our keys.
    mutating func addPlain(
        _ part: UserDataPart, _ text: String
    ) throws(ConfigurationError) {
        let root: YAMLNode
        do {
            root = try YAMLNode.parse(part.bytes, file: part.place)
        } catch {
            guard Self.hasOurKey(text) else { return }
            throw error
        }
        guard case .mapping(let entries) = root.content, !entries.isEmpty else { return }
        guard
            root["howdah"] != nil
                || entries.allSatisfy({ ClusterFragment.keys.contains($0.key) })
        else { return }
        try append(root, part)
    }

    /// cloud-config, of which the mapping under `howdah` is ours.
    mutating func addEmbedded(_ part: UserDataPart) throws(ConfigurationError) {
        let root: YAMLNode
        do {
            root = try YAMLNode.parse(part.bytes, file: part.place)
        } catch {
            guard Self.hasOurKey(String(decoding: part.bytes, as: UTF8.self)) else { return }
            throw error
        }
        guard let ours = root["howdah"] else { return }
        found.append(try ClusterFragment(ours, file: part.place))
    }

    private mutating func append(
        _ root: YAMLNode, _ part: UserDataPart
    ) throws(ConfigurationError) {
        let fragment = try ClusterFragment(root, file: part.place)
        guard root["howdah"] != nil else {
            throw ConfigurationError(file: part.place, line: root.line, .missingKey("howdah"))
        }
        found.append(fragment)
    }

    private static func hasOurKey(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("howdah:") }
    }
}
