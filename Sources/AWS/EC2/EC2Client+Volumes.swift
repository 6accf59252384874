extension EC2Client {
    /// Volumes by id, by filter, or all. An id that does not exist is a `ServiceError` whose
    /// `isNotFound` is true.
    public func describeVolumes(
        ids: [String] = [], filters: [EC2Filter] = []
    ) async throws -> [EC2Volume] {
        let parameters = EC2Parameters.list("VolumeId", ids) + EC2Parameters.filters(filters)
        var volumes: [EC2Volume] = []
        try await pages("DescribeVolumes", parameters) { document in
            for item in document.items("volumeSet") {
                guard let volume = EC2Volume(item) else {
                    throw unreadable("DescribeVolumes", "volume '\(item.value("volumeId") ?? "")'")
                }
                volumes.append(volume)
            }
        }
        return volumes
    }

    /// Makes an empty volume. `clientToken` makes a repeated call give the same volume on EC2.
    public func createVolume(
        sizeGiB: Int, type: String, availabilityZone: String, encrypted: Bool = false,
        tags: [String: String] = [:], clientToken: String? = nil
    ) async throws -> EC2Volume {
        var parameters = [
            ("Size", "\(sizeGiB)"), ("VolumeType", type), ("AvailabilityZone", availabilityZone),
        ]
        if encrypted { parameters.append(("Encrypted", "true")) }
        if let clientToken { parameters.append(("ClientToken", clientToken)) }
        parameters += EC2Parameters.tagSpecification("volume", tags)
        let document = try await call("CreateVolume", parameters, .no)
        guard let volume = EC2Volume(document) else {
            throw unreadable("CreateVolume", "no volume id, status or size")
        }
        return volume
    }

    /// Attaches a volume that is `available`, as a device such as `/dev/sdf`.
    public func attachVolume(
        _ volumeID: String, to instanceID: String, device: String
    ) async throws {
        let parameters = [
            ("VolumeId", volumeID), ("InstanceId", instanceID), ("Device", device),
        ]
        _ = try await call("AttachVolume", parameters, .no)
    }

    /// Detaches; never by force, which can lose what the instance had not written yet.
    public func detachVolume(_ volumeID: String, from instanceID: String? = nil) async throws {
        let instance = instanceID.map { [("InstanceId", $0)] } ?? []
        _ = try await call("DetachVolume", [("VolumeId", volumeID)] + instance, .no)
    }

    /// Deletes a volume with all that is on it.
    public func deleteVolume(_ volumeID: String) async throws {
        _ = try await call("DeleteVolume", [("VolumeId", volumeID)], .no)
    }
}
