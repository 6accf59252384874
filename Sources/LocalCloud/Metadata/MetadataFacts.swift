/// What the metadata service of one instance knows of it.
struct MetadataFacts: Sendable, Equatable {
    var instanceID: String
    var imageID = "ami-00000000"
    var instanceType = "m5.large"
    /// Dotted IPv4.
    var address: String
    var zone: String
    var region: String
    var account: String
    var tags: [String: String] = [:]
    var userData: [UInt8]?
    /// The name of the role, which is also that of its instance profile.
    var role: String?
    /// Seconds since 1970.
    var launchSeconds: Double?
    /// Device names of attached volumes, as EC2 was asked for them.
    var devices: [String] = []

    /// EC2's private name of the address.
    var hostname: String {
        let suffix = region == "us-east-1" ? "ec2.internal" : "\(region).compute.internal"
        return "\(Self.hostLabel(address)).\(suffix)"
    }
    /// The first part of it, which an instance that nobody named has as its host name.
    static func hostLabel(_ address: String) -> String {
        "ip-" + address.split(separator: ".").joined(separator: "-")
    }
    var hardwareAddress: String { LabNetwork.hardwareAddress(address) }
    /// As EC2 writes them: `use1-az1` for `us-east-1a`.
    var zoneID: String {
        let parts = region.split(separator: "-")
        let letter = zone.utf8.last.map { Int($0) - Int(UInt8(ascii: "a")) + 1 } ?? 1
        guard parts.count == 3, let direction = Self.directions[String(parts[1])] else {
            return zone
        }
        return "\(parts[0])\(direction)\(parts[2])-az\(max(1, letter))"
    }

    private static let directions = [
        "east": "e", "west": "w", "north": "n", "south": "s", "central": "c", "northeast": "ne",
        "northwest": "nw", "southeast": "se", "southwest": "sw",
    ]
}
