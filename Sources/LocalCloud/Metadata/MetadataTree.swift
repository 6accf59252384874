internal import FoundationEssentials

/// The tree of paths below a version of the metadata service, as EC2 has it ("Instance metadata
/// categories" in its user guide): a value, a listing, or nothing.
struct MetadataTree: Sendable {
    enum Node: Sendable, Equatable {
        case text(String)
        case bytes([UInt8])
        case json(String)
        /// Names, those of folders with a slash at their end.
        case listing([String])
        /// Credentials of the role, which are looked up when asked for.
        case credentials(role: String)
    }

    static let versions = ["2021-07-15", "2022-09-24", "2024-04-11", "latest"]

    private let leaves: [String: Node]

    init(_ facts: MetadataFacts) {
        var leaves: [String: Node] = [:]
        func add(_ path: String, _ value: String) { leaves["meta-data/\(path)"] = .text(value) }
        add("ami-id", facts.imageID)
        add("hostname", facts.hostname)
        add("instance-id", facts.instanceID)
        add("instance-life-cycle", "on-demand")
        add("instance-type", facts.instanceType)
        add("local-hostname", facts.hostname)
        add("local-ipv4", facts.address)
        add("mac", facts.hardwareAddress)
        add("placement/availability-zone", facts.zone)
        add("placement/availability-zone-id", facts.zoneID)
        add("placement/region", facts.region)
        add("services/domain", "amazonaws.com")
        add("services/partition", "aws")
        let interface = "network/interfaces/macs/\(facts.hardwareAddress)"
        add("\(interface)/local-ipv4s", facts.address)
        add("\(interface)/device-number", "0")
        add("block-device-mapping/ami", "/dev/xvda")
        add("block-device-mapping/root", "/dev/xvda")
        for (number, device) in facts.devices.sorted().enumerated() {
            add("block-device-mapping/ebs\(number + 1)", String(device.dropFirst("/dev/".count)))
        }
        for (key, value) in facts.tags { add("tags/instance/\(key)", value) }
        if let role = facts.role {
            leaves["meta-data/iam/info"] = .json(Self.profile(facts, role))
            leaves["meta-data/iam/security-credentials/\(role)"] = .credentials(role: role)
        }
        if let userData = facts.userData { leaves["user-data"] = .bytes(userData) }
        leaves["dynamic/instance-identity/document"] = .json(Self.identity(facts))
        self.leaves = leaves
    }

    /// The node at a path such as `latest/meta-data/placement/region`; nil: 404.
    func node(at path: String) -> Node? {
        let parts = path.split(separator: "/").map(String.init)
        guard let version = parts.first else { return .listing(Self.versions) }
        guard Self.versions.contains(version) else { return nil }
        let rest = parts.dropFirst().joined(separator: "/")
        if let leaf = leaves[rest] { return leaf }
        let prefix = rest.isEmpty ? "" : rest + "/"
        var names: Set<String> = []
        for leaf in leaves.keys where leaf.hasPrefix(prefix) {
            let below = leaf.dropFirst(prefix.count)
            let name = below.prefix { $0 != "/" }
            names.insert(name.count < below.count ? "\(name)/" : String(name))
        }
        return names.isEmpty ? nil : .listing(names.sorted())
    }

    private static func profile(_ facts: MetadataFacts, _ role: String) -> String {
        json([
            "Code": "Success", "LastUpdated": facts.launchTime,
            "InstanceProfileArn": "arn:aws:iam::\(facts.account):instance-profile/\(role)",
            "InstanceProfileId": "AIPALOCAL",
        ])
    }

    private static func identity(_ facts: MetadataFacts) -> String {
        json([
            "accountId": facts.account, "architecture": "x86_64",
            "availabilityZone": facts.zone, "imageId": facts.imageID,
            "instanceId": facts.instanceID, "instanceType": facts.instanceType,
            "pendingTime": facts.launchTime, "privateIp": facts.address,
            "region": facts.region, "version": "2017-09-30",
        ])
    }

    static func json(_ members: [String: String]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(members) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}

extension MetadataFacts {
    /// ISO 8601, as EC2 writes times.
    var launchTime: String { Timestamp.iso(launchSeconds ?? 0) }
}

enum Timestamp {
    /// `2026-01-31T12:00:00Z`.
    static func iso(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds.rounded(.down)).formatted(.iso8601)
    }
}
