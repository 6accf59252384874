/// What an instance's metadata says of it.
public struct InstanceFacts: Sendable, Equatable {
    /// Letters, digits, `.`, `_` and `-`: it names folders.
    public var instanceID: String
    /// Empty on a cloud that has none; likewise the image.
    public var instanceType: String
    public var imageID: String
    /// Dotted IPv4; empty in a subnet that has IPv6 alone. See ``address``.
    public var localIPv4: String
    /// Addresses of version 6, the first interface's first.
    public var localIPv6: [String] = []
    /// Nil without a public address.
    public var publicIPv4: String?
    public var hostname: String
    public var availabilityZone: String
    /// The same for all accounts, unlike the name; nil on clouds that have none.
    public var availabilityZoneID: String?
    public var region: String
    /// From the identity document; nil where there is none.
    public var accountID: String?
    /// Such as `x86_64`; from the identity document.
    public var architecture: String?
    /// `dynamic/instance-identity/document`, as it came.
    public var identityDocument: [UInt8]?
    /// `on-demand`, `spot`, `scheduled` or `capacity-block`; nil where nothing says.
    public var lifeCycle: String?
    /// Name, such as `ami`, `root` or `ephemeral0`, to device, such as `/dev/xvda` or `sdb`.
    public var blockDevices: [String: String] = [:]
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

    /// Where others reach it: IPv4, or else the first address of version 6.
    public var address: String { localIPv4.isEmpty ? localIPv6.first ?? "" : localIPv4 }
}
