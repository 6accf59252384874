internal import AWS

/// EC2 as the hypervisor sees it.
struct EC2Source: CloudSource {
    let client: EC2Client

    func view() async throws -> CloudView {
        let instances = try await client.describeInstances()
        let volumes = try await client.describeVolumes()
        return CloudView(
            instances: instances.compactMap(Self.instance), volumes: volumes.map(Self.volume))
    }

    func stop(_ instance: String) async throws {
        try await client.stopInstances([instance])
    }

    /// Nil for one that ended long enough ago to have lost its address.
    static func instance(_ found: EC2Instance) -> CloudView.Instance? {
        guard let state = CloudView.Instance.State(rawValue: found.state.rawValue) else {
            return nil
        }
        return CloudView.Instance(
            id: found.id, state: state, address: found.privateIPv4 ?? "",
            name: found.tags["Name"] ?? found.privateDNSName ?? found.id, image: found.imageID,
            type: found.type,
            isMachine: found.tags["howdah:form"] == "machine")
    }

    static func volume(_ found: EC2Volume) -> CloudView.Volume {
        CloudView.Volume(
            id: found.id, sizeGiB: found.sizeGiB,
            attachments: found.attachments.filter { $0.state != .detached }.map {
                CloudView.Attachment(
                    instance: $0.instanceID, device: $0.device,
                    isDetaching: $0.state == .detaching)
            })
    }
}
