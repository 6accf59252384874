internal import AWS

extension LiveCloud {
    public func volumes(ofCluster name: String) async throws(CloudError) -> [CloudVolume] {
        try await volumes(.tag(Enroller.clusterTag, name))
    }

    public func snapshots(
        taggedWithOperation id: String
    ) async throws(CloudError) -> [CloudSnapshot] {
        try await asking { try await client.describeSnapshots(filters: [.tag(CareSteps.tag, id)]) }
            .map { CloudSnapshot(id: $0.id, state: $0.state.rawValue) }
    }

    public func snapshot(
        volume id: String, description: String, tags: [String: String]
    ) async throws(CloudError) {
        _ = try await asking {
            try await client.createSnapshot(of: id, description: description, tags: tags)
        }
    }

    public func delete(volume id: String) async throws(CloudError) {
        try await asking { try await client.deleteVolume(id) }
    }
}
