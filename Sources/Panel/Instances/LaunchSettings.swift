internal import Cluster
public import PanelAPI

/// How instances of one role are made: `launch: ROLE:` of a cluster in `panel.yaml`.
public struct LaunchSettings: Sendable, Equatable {
    static let keys = [
        "image", "type", "profile", "security-groups", "subnets", "key", "market",
    ]

    public var imageID: String
    public var instanceType: String
    /// Name of the instance profile, which holds the role's IAM role.
    public var profile: String
    public var securityGroupIDs: [String]
    /// Instances go to these in turn; where there is none, to the default subnet.
    public var subnetIDs: [String]
    public var keyName: String?
    public var market: LaunchOrder.Market

    static func read(
        _ node: YAMLNode, role: String, file: String
    ) throws(ConfigurationError) -> LaunchSettings {
        let reader = try MappingReader(node, key: "launch: \(role)", file: file, known: keys)
        let image = try reader.parsed(
            "image", expected: "an id such as 'ami-0123456789abcdef0'"
        ) { $0.hasPrefix("ami-") ? $0 : nil }
        guard let image else { throw reader.failure(.missingKey("image")) }
        let market = try reader.parsed("market", expected: "on-demand or spot") {
            LaunchOrder.Market(rawValue: $0)
        }
        return LaunchSettings(
            imageID: image, instanceType: try reader.required("type"),
            profile: try reader.required("profile"),
            securityGroupIDs: try reader.strings("security-groups"),
            subnetIDs: try reader.strings("subnets"), keyName: try reader.string("key"),
            market: market ?? .onDemand)
    }
}

extension ClusterSettings {
    /// The launch template's name; a policy can be written of it beforehand.
    func template(of role: String) -> String { "howdah-\(name)-\(role)" }
}
