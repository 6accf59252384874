public import AWS

/// Facts as names and texts, to be shown. User-data is left out: it may hold somebody's secrets.
public struct FactTable: Sendable, Equatable {
    public let values: [String: String]

    static let tagsAreOff =
        "off: turn on InstanceMetadataTags in the instance's metadata options to have them here"

    public init(_ facts: InstanceFacts) {
        var values = [
            "instance-id": facts.instanceID, "instance-type": facts.instanceType,
            "image-id": facts.imageID, "address": facts.address, "hostname": facts.hostname,
            "zone": facts.availabilityZone, "region": facts.region,
        ]
        values["zone-id"] = facts.availabilityZoneID
        values["account"] = facts.accountID
        values["architecture"] = facts.architecture
        values["iam-role"] = facts.iamRole
        values["life-cycle"] = facts.lifeCycle
        values["public-address"] = facts.publicIPv4
        let addresses = facts.localIPv6.joined(separator: " ")
        values["addresses-ipv6"] = addresses.isEmpty ? nil : addresses
        for (name, device) in facts.blockDevices { values["block-device \(name)"] = device }
        for (name, value) in facts.tags ?? [:] { values["tag \(name)"] = value }
        if facts.tags == nil { values["tags"] = Self.tagsAreOff }
        values["user-data"] = facts.userData.map { "\($0.count) bytes" }
        values["identity-document"] = facts.identityDocument.map { "\($0.count) bytes" }
        self.values = values.filter { !$0.value.isEmpty }
    }

    /// One line each, whatever stands in a tag.
    public var lines: [String] {
        let width = values.keys.map(\.count).max() ?? 0
        return values.sorted { $0.key < $1.key }.map { name, value in
            let gap = String(repeating: " ", count: width - name.count + 2)
            return Self.printable(name) + gap + Self.printable(value)
        }
    }

    /// A terminal must not be led by what stands in a tag.
    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) ? "?" : scalar
                }))
    }
}
