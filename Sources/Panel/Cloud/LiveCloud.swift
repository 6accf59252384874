public import AWS
internal import Foundation
internal import Transfer

/// EC2 itself, or a cloud that speaks its query API.
public struct LiveCloud: Cloud {
    let client: EC2Client
    private let encryptsVolumes: Bool
    private let zones: ZoneTable

    /// `encryptsVolumes`: whatever the account's own default is, with its default key.
    public init(_ client: EC2Client, encryptsVolumes: Bool = false) {
        self.client = client
        self.encryptsVolumes = encryptsVolumes
        zones = ZoneTable { try await client.zoneIDs() }
    }

    // Filters instead of ids: EC2 refuses a whole question where it does not know one of the ids.

    public func instances(_ ids: [String]) async throws(CloudError) -> [CloudInstance] {
        guard !ids.isEmpty else { return [] }
        let found = try await asking {
            try await client.describeInstances(filters: [EC2Filter("instance-id", ids)])
        }
        let isWhole = found.allSatisfy { $0.availabilityZoneID != nil }
        let table = isWhole ? [:] : await zones.ids()
        return found.map { Self.instance($0, table) }
    }

    public func volume(_ id: String) async throws(CloudError) -> CloudVolume? {
        try await volumes(EC2Filter("volume-id", [id])).first { $0.id == id }
    }

    public func volumes(
        taggedWithClaim id: String
    ) async throws(CloudError) -> [CloudVolume] {
        try await volumes(.tag(ClaimSteps.claimTag, id))
    }

    public func volumes(
        attachedTo instanceID: String
    ) async throws(CloudError) -> [CloudVolume] {
        try await volumes(EC2Filter("attachment.instance-id", [instanceID]))
    }

    public func createVolume(_ order: VolumeOrder) async throws(CloudError) -> CloudVolume {
        Self.volume(
            try await asking {
                try await client.createVolume(
                    sizeGiB: order.sizeGiB, type: order.type, availabilityZone: order.zone,
                    encrypted: encryptsVolumes, tags: order.tags, clientToken: order.token)
            })
    }

    public func attach(
        volume id: String, to instanceID: String, device: String
    ) async throws(CloudError) {
        try await asking { try await client.attachVolume(id, to: instanceID, device: device) }
    }

    public func detach(
        volume id: String, from instanceID: String
    ) async throws(CloudError) {
        try await asking { try await client.detachVolume(id, from: instanceID) }
    }

    public func tag(volume id: String, _ tags: [String: String]) async throws(CloudError) {
        try await asking { try await client.createTags(tags, on: [id]) }
    }

    func volumes(_ filter: EC2Filter) async throws(CloudError) -> [CloudVolume] {
        try await asking { try await client.describeVolumes(filters: [filter]) }.map(Self.volume)
    }

    /// Errors that pass: no answer, an answer of the 5xx kind, throttling, and what EC2 says while
    /// it has not yet heard of what it did itself a moment ago.
    private static let passing: Set = [
        "RequestLimitExceeded", "Throttling", "IncorrectState", "VolumeInUse",
        "IncorrectInstanceState", "InvalidVolume.NotFound", "ExpiredToken", "RequestExpired",
        "SnapshotCreationPerVolumeRateExceeded", "ConcurrentSnapshotLimitExceeded",
    ]

    func asking<Value>(
        _ question: () async throws -> Value
    ) async throws(CloudError) -> Value {
        do {
            return try await question()
        } catch let error as ServiceError {
            let passes = error.status >= 500 || Self.passing.contains(error.code)
            throw CloudError(isTransient: passes, "\(error)")
        } catch {
            throw CloudError(isTransient: true, "\(error)")
        }
    }

    static func instance(
        _ instance: EC2Instance, _ zones: [String: String]
    ) -> CloudInstance {
        CloudInstance(
            id: instance.id, state: instance.state.rawValue, privateIP: instance.privateIPv4,
            privateName: instance.privateDNSName, zone: instance.availabilityZone,
            zoneID: instance.availabilityZoneID ?? zones[instance.availabilityZone],
            tags: instance.tags)
    }

    private static func volume(_ volume: EC2Volume) -> CloudVolume {
        CloudVolume(
            id: volume.id, state: volume.state.rawValue, zone: volume.availabilityZone,
            snapshotID: volume.snapshotID, createdAt: volume.created?.timeIntervalSince1970,
            attachments: volume.attachments.filter { $0.state != .detached }.map {
                CloudVolume.Attachment(
                    instanceID: $0.instanceID, device: $0.device, state: $0.state.rawValue)
            }, sizeGiB: volume.sizeGiB, type: volume.type, tags: volume.tags)
    }
}
