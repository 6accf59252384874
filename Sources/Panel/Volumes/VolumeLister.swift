internal import PanelAPI

/// Every volume that carries a cluster's tag, with what the panel knows of it.
struct VolumeLister: Sendable {
    let settings: PanelSettings
    let claims: ClaimRepository
    let care: CareRepository
    let nodes: NodeRepository
    let cloud: any Cloud

    func list(_ cluster: ClusterSettings) async throws -> [VolumeView] {
        let volumes: [CloudVolume]
        do { volumes = try await cloud.volumes(ofCluster: cluster.name) } catch {
            throw Refusal.cloud(error)
        }
        let claimed = Dictionary(
            grouping: try await claims.all().filter { $0.volumeID != nil }, by: { $0.volumeID })
        let aside = try await claims.allSetAside()
        let offered = Set(try await care.offers(of: cluster.name).map(\.volumeID))
        let owners = try await nodes.withVolumes()
        var views: [VolumeView] = []
        for volume in volumes {
            let claim = claimed[volume.id]?.max { $0.createdAt < $1.createdAt }
            let node = claim.flatMap { owners[$0.instanceID] }
            let use: VolumeView.Use =
                if aside.contains(volume.id) { .setAside } else if offered.contains(volume.id) {
                    .offered
                } else if let node, node.retiredAt == nil { .claimed } else { .orphan }
            views.append(view(volume, use, node: node?.name, mount: claim?.mount))
        }
        return views.sorted { ($0.use.rawValue, $0.id) < ($1.use.rawValue, $1.id) }
    }

    /// Whether no instance has it but such as are over for good.
    func isFree(_ volume: VolumeView) async throws -> Bool {
        for instance in volume.attachedTo {
            guard try await nodes.node(instance)?.retiredAt != nil else { return false }
        }
        return true
    }

    private func view(
        _ volume: CloudVolume, _ use: VolumeView.Use, node: String?, mount: String?
    ) -> VolumeView {
        VolumeView(
            id: volume.id, use: use, state: volume.state, sizeGiB: volume.sizeGiB,
            type: volume.type, zone: volume.zone, node: node, mount: mount,
            attachedTo: volume.attachments.map(\.instanceID),
            costPerMonth: settings.volumePrices[volume.type].map { $0 * Double(volume.sizeGiB) })
    }
}
