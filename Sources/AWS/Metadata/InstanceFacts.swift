internal import FoundationEssentials

/// What an instance's metadata says of it.
public struct InstanceFacts: Sendable, Equatable {
    public var instanceID: String
    public var instanceType: String
    public var imageID: String
    /// Dotted IPv4.
    public var localIPv4: String
    public var hostname: String
    public var availabilityZone: String
    /// The same for all accounts, unlike the name; nil on clouds that have none.
    public var availabilityZoneID: String?
    public var region: String
    /// From the identity document; nil where there is none.
    public var accountID: String?
    /// Nil where tags in metadata are off for this instance (InstanceMetadataTags).
    public var tags: [String: String]?
    public var userData: [UInt8]?
    /// The role's name; nil where no instance profile is attached.
    public var iamRole: String?

    public init(
        instanceID: String, instanceType: String, imageID: String, localIPv4: String,
        hostname: String, availabilityZone: String, availabilityZoneID: String?, region: String,
        accountID: String?, tags: [String: String]?, userData: [UInt8]?, iamRole: String?
    ) {
        self.instanceID = instanceID
        self.instanceType = instanceType
        self.imageID = imageID
        self.localIPv4 = localIPv4
        self.hostname = hostname
        self.availabilityZone = availabilityZone
        self.availabilityZoneID = availabilityZoneID
        self.region = region
        self.accountID = accountID
        self.tags = tags
        self.userData = userData
        self.iamRole = iamRole
    }
}

/// The JSON of `dynamic/instance-identity/document`, as far as it is used.
private struct IdentityDocument: Decodable {
    var accountId: String?
    var region: String?
}

extension MetadataClient {
    /// EC2 allows 50 tags.
    public static let maximumTags = 200

    /// All facts of this instance. Throws `MetadataError`.
    public func facts() async throws -> InstanceFacts {
        let document = try await bytes("dynamic/instance-identity/document").flatMap {
            try? JSONDecoder().decode(IdentityDocument.self, from: Data($0))
        }
        let zone = try await required("meta-data/placement/availability-zone")
        let placed = try await text("meta-data/placement/region") ?? document?.region
        return InstanceFacts(
            instanceID: try await required("meta-data/instance-id"),
            instanceType: try await required("meta-data/instance-type"),
            imageID: try await required("meta-data/ami-id"),
            localIPv4: try await required("meta-data/local-ipv4"),
            hostname: try await required("meta-data/local-hostname"), availabilityZone: zone,
            availabilityZoneID: try await text("meta-data/placement/availability-zone-id"),
            // The region is the zone's name without its letter, where nothing says more.
            region: placed ?? String(zone.dropLast()), accountID: document?.accountId,
            tags: try await tags(), userData: try await bytes("user-data"),
            iamRole: try await lines("meta-data/iam/security-credentials/")?.first)
    }

    private func required(_ path: String) async throws -> String {
        guard let value = try await text(path)?.trimmingBlanks, !value.isEmpty else {
            throw MetadataError(
                kind: .missing(hint: "nothing is there"), endpoint: endpoint, path: "/\(path)",
                attempts: 1)
        }
        return value
    }

    private func lines(_ path: String) async throws -> [String]? {
        try await text(path)?.split(whereSeparator: \.isNewline).map(\.trimmingBlanks)
            .filter { !$0.isEmpty }
    }

    private func tags() async throws -> [String: String]? {
        let folder = "meta-data/tags/instance"
        guard let names = try await lines(folder) else { return nil }
        var tags: [String: String] = [:]
        for name in names.prefix(MetadataClient.maximumTags) {
            // All of these may stand in a path as they are (RFC 3986, pchar).
            let segment = URIEncoding.encode(name, keeping: ":@+=")
            tags[name] = try await text("\(folder)/\(segment)")
        }
        return tags
    }
}
