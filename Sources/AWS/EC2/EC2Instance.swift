public import FoundationEssentials

/// An instance, as DescribeInstances has it.
public struct EC2Instance: Sendable, Equatable {
    public enum State: String, Sendable {
        case pending, running, stopping, stopped, terminated
        case shuttingDown = "shutting-down"
    }

    public var id: String
    public var state: State
    public var type: String
    public var imageID: String
    /// Dotted IPv4; nil for one that is terminated.
    public var privateIPv4: String?
    /// Such as `ip-10-0-0-1.ec2.internal`; nil where EC2 says none.
    public var privateDNSName: String?
    public var availabilityZone: String
    /// Such as `use1-az4`, the same place in every account; nil where the cloud does not say.
    public var availabilityZoneID: String?
    /// The ARN of its instance profile.
    public var instanceProfileARN: String?
    public var tags: [String: String]
    public var launched: Date?
    /// Nil where EC2 says nothing of it.
    public var metadataOptions: EC2MetadataOptions?

    /// The last part of the profile's ARN; by custom the role has the same name.
    public var instanceProfileName: String? {
        instanceProfileARN?.split(separator: "/").last.map { String($0) }
    }

    /// Nil where the id is missing or the state is none that EC2 has.
    init?(_ element: XMLElement) {
        guard let id = element.value("instanceId"),
            let state = element["instanceState"]?.value("name").flatMap(State.init)
        else { return nil }
        self.id = id
        self.state = state
        type = element.value("instanceType") ?? ""
        imageID = element.value("imageId") ?? ""
        privateIPv4 = element.value("privateIpAddress")
        privateDNSName = element.value("privateDnsName").flatMap { $0.isEmpty ? nil : $0 }
        availabilityZone = element["placement"]?.value("availabilityZone") ?? ""
        availabilityZoneID = element["placement"]?.value("availabilityZoneId")
        instanceProfileARN = element["iamInstanceProfile"]?.value("arn")
        tags = element.tags
        launched = element.value("launchTime").flatMap(AWSDate.parse)
        metadataOptions = element["metadataOptions"].map { options in
            EC2MetadataOptions(
                tokens: options.value("httpTokens"),
                hopLimit: options.value("httpPutResponseHopLimit").flatMap { Int($0) })
        }
    }
}

/// How an instance's metadata service is set.
public struct EC2MetadataOptions: Sendable, Equatable {
    /// `required` or `optional`.
    public var tokens: String?
    public var hopLimit: Int?
}

/// What RunInstances is to start.
public struct EC2Launch: Sendable, Equatable {
    public var imageID: String
    public var instanceType: String
    public var count: Int
    public var availabilityZone: String?
    public var privateIPv4: String?
    public var subnetID: String?
    public var securityGroupIDs: [String]
    public var instanceProfileName: String?
    /// As it is; it is put into Base64 on the way.
    public var userData: [UInt8]?
    public var tags: [String: String]
    public var clientToken: String?

    public init(
        imageID: String, instanceType: String, count: Int = 1, availabilityZone: String? = nil,
        privateIPv4: String? = nil, subnetID: String? = nil, securityGroupIDs: [String] = [],
        instanceProfileName: String? = nil, userData: [UInt8]? = nil,
        tags: [String: String] = [:], clientToken: String? = nil
    ) {
        self.imageID = imageID
        self.instanceType = instanceType
        self.count = count
        self.availabilityZone = availabilityZone
        self.privateIPv4 = privateIPv4
        self.subnetID = subnetID
        self.securityGroupIDs = securityGroupIDs
        self.instanceProfileName = instanceProfileName
        self.userData = userData
        self.tags = tags
        self.clientToken = clientToken
    }

    /// Metadata is always version 2 alone, one hop far, with tags.
    var parameters: [(String, String)] {
        var list = [
            ("ImageId", imageID), ("InstanceType", instanceType), ("MinCount", "\(count)"),
            ("MaxCount", "\(count)"), ("MetadataOptions.HttpTokens", "required"),
            ("MetadataOptions.HttpPutResponseHopLimit", "1"),
            ("MetadataOptions.InstanceMetadataTags", "enabled"),
        ]
        let optional: [(String, String?)] = [
            ("Placement.AvailabilityZone", availabilityZone), ("PrivateIpAddress", privateIPv4),
            ("SubnetId", subnetID), ("IamInstanceProfile.Name", instanceProfileName),
            ("ClientToken", clientToken),
            ("UserData", userData.map { Data($0).base64EncodedString() }),
        ]
        list += optional.compactMap { name, value in value.map { (name, $0) } }
        list += EC2Parameters.list("SecurityGroupId", securityGroupIDs)
        return list + EC2Parameters.tagSpecification("instance", tags)
    }
}
