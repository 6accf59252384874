/// The part of an instance's user-data that is ours.
public struct UserData: Sendable, Equatable {
    public let fragment: ClusterFragment

    /// The role that it claims, if it names one.
    public var role: String? { fragment.role?.name }

    /// Finds ours: a cluster file in plain YAML (with `howdah: 1`), or the mapping under the
    /// `howdah` key of `#cloud-config`. Nil for what belongs to somebody else: scripts, other
    /// formats, cloud-config without our key, nothing at all.
    ///
    /// YAML that uses our keys and has no `howdah: 1` is an error rather than foreign: else a
    /// forgotten line would go unnoticed.
    public static func parse(
        _ bytes: [UInt8], file: String = "user-data"
    ) throws(ConfigurationError) -> UserData? {
        guard !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        let first = text.prefix { $0 != "\n" && $0 != "\r\n" }
        let isCloudConfig = first.hasPrefix("#cloud-config")
        if !isCloudConfig, foreignBeginnings.contains(where: { first.hasPrefix($0) }) {
            return nil
        }
        let root: YAMLNode
        do {
            root = try YAMLNode.parse(bytes, file: file)
        } catch {
            guard mentionsUs(text) else { return nil }
            throw error
        }
        return try isCloudConfig ? embedded(in: root, file) : plain(root, file)
    }

    /// First lines by which cloud-init knows other formats ("User-data formats" in its manual).
    private static let foreignBeginnings = [
        "#!", "#include", "#cloud-boothook", "#part-handler", "## template:", "#upstart-job",
        "Content-Type:", "MIME-Version:", "From ",
    ]

    private static func mentionsUs(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("howdah:") }
    }

    private static func embedded(
        in root: YAMLNode, _ file: String
    ) throws(ConfigurationError) -> UserData? {
        guard let ours = root["howdah"] else { return nil }
        return UserData(fragment: try ClusterFragment(ours, file: file))
    }

    private static func plain(
        _ root: YAMLNode, _ file: String
    ) throws(ConfigurationError) -> UserData? {
        guard case .mapping(let entries) = root.content else { return nil }
        guard root["howdah"] != nil else {
            guard entries.allSatisfy({ ClusterFragment.keys.contains($0.key) }) else { return nil }
            throw ConfigurationError(file: file, line: root.line, .missingKey("howdah"))
        }
        return UserData(fragment: try ClusterFragment(root, file: file))
    }
}
