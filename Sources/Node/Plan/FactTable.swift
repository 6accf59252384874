public import AWS

/// Facts as names and texts, to be shown. User-data is left out: it may hold somebody's secrets.
public struct FactTable: Sendable, Equatable {
    public let values: [String: String]

    public init(_ facts: InstanceFacts) {
        var values = [
            "instance-id": facts.instanceID, "instance-type": facts.instanceType,
            "image-id": facts.imageID, "address": facts.localIPv4, "hostname": facts.hostname,
            "zone": facts.availabilityZone, "region": facts.region,
        ]
        values["zone-id"] = facts.availabilityZoneID
        values["account"] = facts.accountID
        values["iam-role"] = facts.iamRole
        for (name, value) in facts.tags ?? [:] { values["tag \(name)"] = value }
        values["user-data"] = facts.userData.map { "\($0.count) bytes" }
        self.values = values
    }

    public var lines: [String] {
        let width = values.keys.map(\.count).max() ?? 0
        return values.sorted { $0.key < $1.key }.map { name, value in
            name + String(repeating: " ", count: width - name.count + 2) + value
        }
    }
}
