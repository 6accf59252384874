/// A call that EC2 can be asked about without making it.
public enum EC2DryRun: Sendable, Equatable {
    case describeInstances
    case describeVolumes
    case createVolume(availabilityZone: String)
    case createTags(on: String)
    case attachVolume(String, to: String)
    case detachVolume(String, from: String)

    /// EC2's name of the action, which is also the permission's.
    public var action: String {
        switch self {
        case .describeInstances: "DescribeInstances"
        case .describeVolumes: "DescribeVolumes"
        case .createVolume: "CreateVolume"
        case .createTags: "CreateTags"
        case .attachVolume: "AttachVolume"
        case .detachVolume: "DetachVolume"
        }
    }

    var changesNothing: Bool { action.hasPrefix("Describe") }

    var parameters: [(String, String)] {
        switch self {
        case .describeInstances, .describeVolumes: []
        case .createVolume(let zone): [("Size", "1"), ("AvailabilityZone", zone)]
        case .attachVolume(let volume, let instance):
            [("VolumeId", volume), ("InstanceId", instance), ("Device", "/dev/sdz")]
        case .detachVolume(let volume, let instance):
            [("VolumeId", volume), ("InstanceId", instance)]
        case .createTags(let resource):
            EC2Parameters.list("ResourceId", [resource])
                + EC2Parameters.tags("Tag", ["howdah:doctor": "dry-run"])
        }
    }
}

/// EC2's answer to a call that was not to be made.
public enum EC2Permission: Sendable, Equatable {
    case granted
    case refused(ServiceError)
    /// It looked at something else first.
    case unclear(ServiceError)
    /// This cloud may not know of dry runs, and would have made the call.
    case notAsked
}

extension EC2Client {
    /// Whether a call would be allowed; it is not made (Amazon EC2 API reference, "DryRun": an
    /// error `DryRunOperation` where it would have been).
    ///
    /// A cloud that ignores `DryRun` would make the call: what changes something is asked only of
    /// one that has shown with a description that it does not, and of EC2's own endpoints.
    public func isAllowed(_ call: EC2DryRun) async throws -> EC2Permission {
        guard !call.changesNothing, caller.endpoint.isOverride else { return try await ask(call) }
        for description in [EC2DryRun.describeInstances, .describeVolumes] {
            if try await ask(description) == .granted { return try await ask(call) }
        }
        return .notAsked
    }

    private func ask(_ call: EC2DryRun) async throws -> EC2Permission {
        do {
            _ = try await self.call(call.action, call.parameters + [("DryRun", "true")])
            return .notAsked
        } catch let error as ServiceError {
            if error.code == "DryRunOperation" { return .granted }
            return error.isAccessDenied ? .refused(error) : .unclear(error)
        }
    }
}
