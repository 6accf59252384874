public import AWS
public import Transfer

/// What credentials may do at EC2, by dry runs.
public struct EC2Check: Sendable {
    static let check = "permissions"

    let settings: AWSSettings
    let credentials: any CredentialsProvider
    let transfer: TransferClient

    public init(
        settings: AWSSettings, credentials: any CredentialsProvider, transfer: TransferClient
    ) {
        self.settings = settings
        self.credentials = credentials
        self.transfer = transfer
    }

    /// What a Control Panel does is allowed.
    public func asPanel(zone: String) async -> [Finding] {
        await required(
            [.describeInstances, .describeVolumes, .createVolume(availabilityZone: zone)],
            remedy: "allow it in the policy of whoever runs the panel")
    }

    /// A node whose volumes it claims itself (`by: role`) may do that. Any other needs none of it:
    /// the panel does it, and whoever gets hold of a node could.
    public func asNode(
        zone: String, instanceID: String, claimsVolumes: Bool
    ) async -> [Finding] {
        if claimsVolumes {
            return await required(
                [.describeVolumes, .createVolume(availabilityZone: zone)], remedy: Self.claimRemedy
            ) + (await attaching(instanceID))
        }
        var findings: [Finding] = []
        let calls: [EC2DryRun] = [
            .createVolume(availabilityZone: zone), .createTags(on: instanceID),
        ]
        for call in calls {
            findings.append(await finding(call) { Self.needless(call, $0) })
        }
        return findings
    }

    private static let claimRemedy =
        "allow it in the node's role, or have the volume 'by: panel'"
    private static let clusterTag = "howdah:cluster"

    /// What a node does with its volumes, asked with one that it has: a policy may name volumes by
    /// their tags, so one of ours says more than the disk that the instance started from.
    private func attaching(_ instanceID: String) async -> [Finding] {
        let filter = EC2Filter("attachment.instance-id", [instanceID])
        guard
            let client = try? EC2Client(
                settings: settings, credentials: credentials, transfer: transfer),
            let volumes = try? await client.describeVolumes(filters: [filter]),
            let volume = volumes.first(where: { $0.tags[Self.clusterTag] != nil })
                ?? volumes.first
        else {
            return [
                .warning(
                    Self.check,
                    "ec2:AttachVolume, DetachVolume and CreateTags are not known: the instance has "
                        + "no volume to ask with", remedy: "ask again after the first boot")
            ]
        }
        let isOurs = volume.tags[Self.clusterTag] != nil
        var findings: [Finding] = []
        let calls: [EC2DryRun] = [
            .createTags(on: volume.id), .attachVolume(volume.id, to: instanceID),
            .detachVolume(volume.id, from: instanceID),
        ]
        for call in calls {
            findings.append(
                await finding(call) { permission in
                    guard !isOurs, case .refused(let error) = permission else {
                        return Self.needed(call, permission, Self.claimRemedy)
                    }
                    return .warning(
                        Self.check,
                        "ec2:\(call.action) is refused for '\(volume.id)', which is none of "
                            + "Howdah's: \(error)",
                        remedy: "see that the policy allows it for the volumes of the cluster")
                })
        }
        return findings
    }

    private static func needless(_ call: EC2DryRun, _ permission: EC2Permission) -> Finding {
        guard permission == .granted else {
            return .fine(check, "ec2:\(call.action) is not the node's, as it should be")
        }
        return .warning(
            check, "the node's role may do ec2:\(call.action), which it never needs",
            remedy: "take it out of the role's policy; the panel does it")
    }

    private func required(_ calls: [EC2DryRun], remedy: String) async -> [Finding] {
        var findings: [Finding] = []
        for call in calls {
            findings.append(await finding(call) { Self.needed(call, $0, remedy) })
        }
        return findings
    }

    private static func needed(
        _ call: EC2DryRun, _ permission: EC2Permission, _ remedy: String
    ) -> Finding {
        let name = "ec2:\(call.action)"
        return switch permission {
        case .granted: .fine(check, "\(name) is allowed")
        case .refused(let error): .wrong(check, "\(name) is refused: \(error)", remedy: remedy)
        case .unclear(let error):
            .warning(
                check, "\(name) is not known: \(error)", remedy: "see what the service says")
        case .notAsked:
            .fine(check, "\(name): this cloud has shown no dry runs, so it was not asked")
        }
    }

    /// How the metadata service is set for an instance, where these credentials may ask.
    public func metadata(of instanceID: String) async -> Finding? {
        guard
            let client = try? EC2Client(
                settings: settings, credentials: credentials, transfer: transfer),
            let options = try? await client.describeInstances(ids: [instanceID]).first?
                .metadataOptions
        else { return nil }
        return MetadataCheck.finding(options)
    }

    private func finding(
        _ call: EC2DryRun, _ read: (EC2Permission) -> Finding
    ) async -> Finding {
        do {
            let client = try EC2Client(
                settings: settings, credentials: credentials, transfer: transfer)
            return read(try await client.isAllowed(call))
        } catch {
            return .warning(
                Self.check, "ec2:\(call.action) is not known: \(error)",
                remedy: "see region, endpoint and the network's way to EC2")
        }
    }
}
