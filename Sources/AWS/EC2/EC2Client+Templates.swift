internal import FoundationEssentials

/// What a launch template holds: how instances of one role are made.
public struct EC2LaunchTemplate: Sendable, Equatable {
    public var imageID: String
    public var instanceType: String
    /// By name; nil for none.
    public var instanceProfileName: String?
    public var securityGroupIDs: [String]
    public var keyName: String?

    public init(
        imageID: String, instanceType: String, instanceProfileName: String?,
        securityGroupIDs: [String] = [], keyName: String? = nil
    ) {
        self.imageID = imageID
        self.instanceType = instanceType
        self.instanceProfileName = instanceProfileName
        self.securityGroupIDs = securityGroupIDs
        self.keyName = keyName
    }

    /// Metadata is always version 2 alone, one hop far, with tags; so are instances that others
    /// start from the template (Amazon EC2 API reference, RequestLaunchTemplateData).
    var parameters: [(String, String)] {
        let data = "LaunchTemplateData."
        var list = [
            (data + "ImageId", imageID), (data + "InstanceType", instanceType),
            (data + "MetadataOptions.HttpTokens", "required"),
            (data + "MetadataOptions.HttpPutResponseHopLimit", "1"),
            (data + "MetadataOptions.InstanceMetadataTags", "enabled"),
        ]
        if let instanceProfileName {
            list.append((data + "IamInstanceProfile.Name", instanceProfileName))
        }
        if let keyName { list.append((data + "KeyName", keyName)) }
        return list + EC2Parameters.list(data + "SecurityGroupId", securityGroupIDs)
    }

    init(_ data: XMLElement) {
        imageID = data.value("imageId") ?? ""
        instanceType = data.value("instanceType") ?? ""
        instanceProfileName = data["iamInstanceProfile"]?.value("name")
        keyName = data.value("keyName")
        securityGroupIDs =
            data["securityGroupIdSet"]?.all("item").map { $0.value("groupId") ?? $0.text } ?? []
        metadata = EC2MetadataOptions(
            tokens: data["metadataOptions"]?.value("httpTokens"),
            hopLimit: data["metadataOptions"]?.value("httpPutResponseHopLimit").flatMap { Int($0) })
    }

    /// As one that was read has it; nil for one that is to be made.
    public private(set) var metadata: EC2MetadataOptions?

    /// Whether instances of both are made alike, and metadata of `other` is closed.
    public func isMet(by other: EC2LaunchTemplate) -> Bool {
        var bare = other
        bare.metadata = nil
        bare.securityGroupIDs.sort()
        var wanted = self
        wanted.metadata = nil
        wanted.securityGroupIDs.sort()
        return bare == wanted && other.metadata?.tokens == "required"
            && other.metadata?.hopLimit == 1
    }
}

extension EC2Client {
    /// The default version of a template; nil where there is none of this name.
    public func launchTemplate(_ name: String) async throws -> EC2LaunchTemplate? {
        do {
            let document = try await call(
                "DescribeLaunchTemplateVersions",
                [("LaunchTemplateName", name), ("LaunchTemplateVersion.1", "$Default")])
            return document.items("launchTemplateVersionSet").first
                .flatMap { $0["launchTemplateData"] }.map(EC2LaunchTemplate.init)
        } catch let error as ServiceError where Self.isNoTemplate(error.code) {
            return nil
        }
    }

    /// EC2's own word and moto's.
    private static func isNoTemplate(_ code: String) -> Bool {
        code.hasPrefix("InvalidLaunchTemplate") && code.contains("NotFound")
    }

    /// Makes a template of this name, which must be free.
    public func createLaunchTemplate(
        _ name: String, _ template: EC2LaunchTemplate, tags: [String: String]
    ) async throws {
        _ = try await call(
            "CreateLaunchTemplate",
            [("LaunchTemplateName", name)] + template.parameters
                + EC2Parameters.tagSpecification("launch-template", tags), .no)
    }

    /// Adds a version and makes it the default; earlier ones stay.
    public func replaceLaunchTemplate(
        _ name: String, _ template: EC2LaunchTemplate
    ) async throws {
        let document = try await call(
            "CreateLaunchTemplateVersion",
            [("LaunchTemplateName", name)] + template.parameters, .no)
        guard let version = document["launchTemplateVersion"]?.value("versionNumber") else {
            throw unreadable("CreateLaunchTemplateVersion", "no version number")
        }
        _ = try await call(
            "ModifyLaunchTemplate",
            [("LaunchTemplateName", name), ("SetDefaultVersion", version)])
    }
}

/// One instance of a launch template.
public struct EC2TemplateLaunch: Sendable, Equatable {
    public var template: String
    public var subnetID: String?
    public var isSpot: Bool
    /// As it is; it is put into Base64 on the way.
    public var userData: [UInt8]
    /// Of the instance.
    public var tags: [String: String]
    public var clientToken: String

    public init(
        template: String, subnetID: String?, isSpot: Bool, userData: [UInt8],
        tags: [String: String], clientToken: String
    ) {
        self.template = template
        self.subnetID = subnetID
        self.isSpot = isSpot
        self.userData = userData
        self.tags = tags
        self.clientToken = clientToken
    }

    var parameters: [(String, String)] {
        var list = [
            ("LaunchTemplate.LaunchTemplateName", template), ("LaunchTemplate.Version", "$Default"),
            ("MinCount", "1"), ("MaxCount", "1"), ("ClientToken", clientToken),
            ("UserData", Data(userData).base64EncodedString()),
        ]
        if let subnetID { list.append(("SubnetId", subnetID)) }
        if isSpot {
            list += [
                ("InstanceMarketOptions.MarketType", "spot"),
                ("InstanceMarketOptions.SpotOptions.SpotInstanceType", "one-time"),
            ]
        }
        return list + EC2Parameters.tagSpecification("instance", tags)
    }
}

extension EC2Client {
    /// Starts one instance of a template's default version.
    public func runInstance(_ launch: EC2TemplateLaunch) async throws -> EC2Instance {
        let document = try await call("RunInstances", launch.parameters, .no)
        guard let item = document.items("instancesSet").first, let instance = EC2Instance(item)
        else { throw unreadable("RunInstances", "no instance") }
        return instance
    }
}
